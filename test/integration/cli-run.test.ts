import assert from 'node:assert/strict'
import { copyFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { openImage } from '#vision/media/open-image.ts'
import { cli, openFolder } from '../helpers/cli.ts'
import { openHub, READER, WRITER } from '../helpers/hub-server.ts'

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

test('run takes options by name, points, and a photo from standard input', { timeout }, async () => {
  await using desk = await openDesk()
  const answered = async (line: readonly string[], place = {}) => {
    const { code, stdout, stderr } = await cli(['run', ...line], { cwd: desk.path, ...place })
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }
  const photo = await readFile(join(desk.path, 'photo.png'))
  const [best, ...others] = await answered(['image-classification', fixture('vit'), '-', '--top-k', '1'], {
    input: photo,
  })
  assert.equal(best.label, 'label_4')
  assert.deepEqual(others, [])
  const found = await answered([
    'object-detection',
    fixture('yolos'),
    'photo.png',
    '--percentage',
    '--threshold',
    '0.1',
  ])
  assert.ok(found.length > 0 && found[0].box.xmax <= 1.5)
  const masks = await answered(['mask-generation', fixture('sam'), 'photo.png', '--points', '20,20;30,30'])
  assert.deepEqual(masks.masks, ['photo.masks.0.png', 'photo.masks.1.png', 'photo.masks.2.png'])
  assert.equal(masks.scores[0].length, 3)
})

test('run leaves files alone that are there already, and writes the same file again only once', {
  timeout,
}, async () => {
  await using desk = await openDesk()
  const larger = async (...flags: string[]) => {
    const line = ['run', 'image-to-image', fixture('swin2sr_light'), 'photo.png', ...flags]
    const { code, stdout, stderr } = await cli(line, { cwd: desk.path })
    assert.equal(code, 0, stderr)
    return JSON.parse(stdout)
  }
  assert.equal(await larger(), 'photo.image-to-image.png')
  assert.equal(await larger(), 'photo.image-to-image.png')
  await writeFile(join(desk.path, 'photo.image-to-image.png'), 'mine')
  assert.equal(await larger(), 'photo.image-to-image-2.png')
  assert.equal(await readFile(join(desk.path, 'photo.image-to-image.png'), 'utf8'), 'mine')
  assert.equal(await larger('--overwrite'), 'photo.image-to-image.png')
  assert.deepEqual((await readdir(desk.path)).filter((name) => name.startsWith('photo')).sort(), [
    'photo.image-to-image-2.png',
    'photo.image-to-image.png',
    'photo.png',
  ])
})

test('run answers for the files that it can read, and says what is wrong with the others', { timeout }, async () => {
  await using desk = await openDesk()
  const line = ['run', 'image-classification', fixture('vit'), 'none.png', 'photo.png', '--top_k', '1']
  const { code, stdout, stderr } = await cli(line, { cwd: desk.path })
  assert.equal(code, 1)
  assert.match(stderr, /none\.png/)
  const [broken, whole] = JSON.parse(stdout)
  assert.equal(broken.error.code, 'media-missing')
  assert.equal(whole.answer[0].label, 'label_4')
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
  assert.match(await said('object-detection', fixture('yolos'), 'photo.png', '--treshold', '1'), /threshold/)
  assert.match(await said('mask-generation', fixture('sam'), 'photo.png', '--points', '20'), /expected x,y in pixels/)
  assert.match(await said('image-classification', fixture('vit'), 'photo.png', '--labels', 'a'), /takes no --labels/)
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

test('models tells what a repository holds, takes out what is old, and pushes a folder', { timeout }, async () => {
  await using desk = await openDesk()
  await using hub = await openHub()
  const files = { 'config.json': '{"transformers.js_config":{"dtype":"q8"}}', 'onnx/model.onnx': 'x'.repeat(5000) }
  const first = hub.add('space-lab/tiny', { ...files, 'onnx/model_quantized.onnx': 'y'.repeat(2000) })
  const env = { HF_HOME: join(desk.path, 'hf'), HF_ENDPOINT: hub.url, HF_TOKEN: WRITER }
  const said = async (...line: string[]) => {
    const { code, stdout, stderr } = await cli(['models', ...line], { cwd: desk.path, env })
    assert.equal(code, 0, stderr)
    return stdout
  }
  const info = await said('info', 'space-lab/tiny')
  assert.match(info, new RegExp(`^space-lab/tiny {2}${first}\n`))
  assert.match(info, /onnx\/model\.onnx +fp32 +5 KB\n/)
  assert.match(info, /onnx\/model_quantized\.onnx +q8 +2 KB +wanted\n/)
  await said('fetch', 'space-lab/tiny')
  assert.match(await said('info', 'space-lab/tiny'), /here, wanted/)
  hub.add('space-lab/tiny', { ...files, 'onnx/model_quantized.onnx': 'z'.repeat(3000) })
  await said('fetch', 'space-lab/tiny')
  const old = first.slice(0, 8)
  assert.match(await said('prune', '--dry-run'), new RegExp(`2 KB would be freed {2}${old}\n`))
  assert.match(await said('prune'), new RegExp(`2 KB freed {2}${old}\n`))
  assert.equal(await said('prune'), 'space-lab/tiny  nothing to prune\n')
  assert.match(await said('remove', 'space-lab/tiny', '--dry-run'), /3 KB would be freed/)
  assert.match(await said('list'), /space-lab\/tiny/)

  const pushed = await said('push', fixture('vit'), 'space-lab/pushed', '--private', '--message', 'First')
  assert.match(pushed, /^space-lab\/pushed {2}[0-9a-f]{40} {2}\d+ files {2}http/)
  assert.ok('onnx/model.onnx' in hub.read('space-lab/pushed'))
  const refused = await cli(['models', 'push', fixture('vit'), 'space-lab/pushed'], {
    cwd: desk.path,
    env: { ...env, HF_TOKEN: READER },
  })
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /right to/)
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
