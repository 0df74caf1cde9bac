import assert from 'node:assert/strict'
import { copyFile, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openImage } from '#vision/media/open-image.ts'
import { cli, openFolder } from '../helpers/cli.ts'
import { openHub } from '../helpers/hub-server.ts'

const timeout = 120_000
const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/hf-tiny/${path}`, import.meta.url))

/** A folder with a photo in it. */
async function openDesk() {
  const folder = await openFolder()
  await copyFile(fixture('input/img.png'), join(folder.path, 'photo.png'))
  return folder
}

test('run prints what a model answers as JSON', { timeout }, async () => {
  await using desk = await openDesk()
  const line = ['run', 'image-classification', fixture('vit'), 'photo.png', '--options', '{"top_k":2}']
  const { code, stdout, stderr } = await cli(line, { cwd: desk.path })
  assert.equal(code, 0, stderr)
  const answer = JSON.parse(stdout) as { label: string; score: number }[]
  assert.equal(answer.length, 2)
  const { output } = JSON.parse(await readFile(fixture('vit/expected.json'), 'utf8'))
  assert.equal(answer[0]?.label, output[0].label)
  assert.ok(Math.abs((answer[0]?.score ?? 0) - output[0].score) < 1e-5)
})

test('run names each file where there are several', { timeout }, async () => {
  await using desk = await openDesk()
  await copyFile(join(desk.path, 'photo.png'), join(desk.path, 'other.png'))
  const { stdout } = await cli(['run', 'image-classification', fixture('vit'), 'photo.png', 'other.png'], {
    cwd: desk.path,
  })
  const answers = JSON.parse(stdout) as { file: string; answer: unknown }[]
  assert.deepEqual(
    answers.map(({ file }) => file),
    ['photo.png', 'other.png'],
  )
  assert.deepEqual(answers[0]?.answer, answers[1]?.answer)
})

test('run writes depth next to the photo, as a picture and as numbers', { timeout }, async () => {
  await using desk = await openDesk()
  const { code, stdout, stderr } = await cli(['run', 'depth-estimation', fixture('glpn'), 'photo.png'], {
    cwd: desk.path,
  })
  assert.equal(code, 0, stderr)
  assert.deepEqual(JSON.parse(stdout), { predicted_depth: 'photo.predicted_depth.npy', depth: 'photo.depth.png' })
  const photo = await openImage(join(desk.path, 'photo.png'))
  const depth = await openImage(join(desk.path, 'photo.depth.png'))
  assert.deepEqual([depth.width, depth.height], [photo.width, photo.height])
  const npy = await readFile(join(desk.path, 'photo.predicted_depth.npy'))
  assert.equal(npy.subarray(1, 6).toString(), 'NUMPY')
  const header = npy.subarray(10, 10 + npy.readUInt16LE(8)).toString()
  assert.equal((10 + header.length) % 64, 0)
  const [, height, width] = /'shape': \((\d+), (\d+)\)/.exec(header) ?? []
  assert.equal(npy.byteLength, 10 + header.length + Number(height) * Number(width) * 4)
})

test('run writes masks into the folder that --out names', { timeout }, async () => {
  await using desk = await openDesk()
  const line = ['run', 'image-segmentation', fixture('segformer'), 'photo.png', '--out', 'masks']
  const { code, stdout, stderr } = await cli(line, { cwd: desk.path })
  assert.equal(code, 0, stderr)
  const parts = JSON.parse(stdout) as { label: string; mask: string }[]
  assert.ok(parts.length > 0)
  assert.equal(parts[0]?.mask, join('masks', 'photo.0.mask.png'))
  assert.equal((await readdir(join(desk.path, 'masks'))).length, parts.length)
})

test('run asks for what a task needs, and knows its spelling', { timeout }, async () => {
  await using desk = await openDesk()
  const said = async (...line: string[]) => {
    const { code, stderr } = await cli(['run', ...line], { cwd: desk.path })
    assert.equal(code, 2, stderr)
    return stderr
  }
  assert.match(await said('image-clasification', 'm', 'photo.png'), /image-classification/)
  assert.match(await said('zero-shot-image-classification', fixture('clip'), 'photo.png'), /needs --labels/)
  assert.match(await said('image-classification', fixture('vit')), /expected a file/)
  assert.match(await said('image-classification', fixture('vit'), 'photo.png', '--options', '[1]'), /an object in JSON/)
  assert.match(await said('image-classification', fixture('vit'), 'photo.png', '--dtype', 'fp8'), /fp16/)
})

test('run says which model or photo is not there', { timeout }, async () => {
  await using desk = await openDesk()
  const model = await cli(['run', 'image-classification', './nothing', 'photo.png'], { cwd: desk.path })
  assert.equal(model.code, 1)
  assert.match(model.stderr, /“\.\/nothing”: there is no such folder/)
  const photo = await cli(['run', 'image-classification', fixture('vit'), 'none.png'], { cwd: desk.path })
  assert.equal(photo.code, 1)
  assert.match(photo.stderr, /none\.png/)
})

test('models fetches from the Hub, lists what is kept, and clears it; run takes it from there', {
  timeout,
}, async () => {
  await using desk = await openDesk()
  await using hub = await openHub()
  const [config, processor, graph] = await Promise.all(
    ['vit/config.json', 'vit/preprocessor_config.json', 'vit/onnx/model.onnx'].map((path) => readFile(fixture(path))),
  )
  const files = { 'config.json': config, 'preprocessor_config.json': processor, 'onnx/model.onnx': graph }
  const commit = hub.add('space-lab/tiny-vit', files as Record<string, Uint8Array>)
  const place = { cwd: desk.path, env: { HF_HOME: join(desk.path, 'hf'), HF_ENDPOINT: hub.url, HF_TOKEN: '' } }

  const none = await cli(['models'], place)
  assert.equal(none.stdout, 'No model is kept here.\n')
  const fetched = await cli(['models', 'fetch', 'space-lab/tiny-vit'], place)
  assert.equal(fetched.code, 0, fetched.stderr)
  assert.match(fetched.stdout, new RegExp(`^space-lab/tiny-vit {2}.*snapshots/${commit}\\n$`))
  assert.match(fetched.stderr, /space-lab\/tiny-vit onnx\/model\.onnx \(\d+ KB\)/)

  const listed = await cli(['models', 'list'], place)
  assert.match(listed.stdout, new RegExp(`^space-lab/tiny-vit +\\d+ KB {2}${commit.slice(0, 8)} main\\n$`))
  const [model] = JSON.parse((await cli(['models', '--json'], place)).stdout) as { revisions: { commit: string }[] }[]
  assert.equal(model?.revisions[0]?.commit, commit)

  const offline = { ...place, env: { ...place.env, HF_HUB_OFFLINE: '1' } }
  const run = await cli(['run', 'image-classification', 'space-lab/tiny-vit', 'photo.png'], offline)
  assert.equal(run.code, 0, run.stderr)
  assert.ok(JSON.parse(run.stdout).length > 0)

  const cleared = await cli(['models', 'clear', 'space-lab/tiny-vit'], place)
  assert.match(cleared.stdout, /^space-lab\/tiny-vit {2}\d+ KB freed\n$/)
  const again = await cli(['models', 'clear', 'space-lab/tiny-vit'], place)
  assert.equal(again.code, 1)
  assert.match(again.stderr, /it is not in the cache/)
  const absent = await cli(['models', 'fetch', 'space-lab/absent'], place)
  assert.equal(absent.code, 1)
  assert.match(absent.stderr, /no public model of this name.*HF_TOKEN/s)
})

test('models does not clear by accident', { timeout }, async () => {
  await using desk = await openDesk()
  const { code, stderr } = await cli(['models', 'clear'], { cwd: desk.path })
  assert.equal(code, 2)
  assert.match(stderr, /--all/)
  const typo = await cli(['models', 'fetsh'], { cwd: desk.path })
  assert.equal(typo.code, 2)
  assert.match(typo.stderr, /fetch/)
})
