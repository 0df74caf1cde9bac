// `onnx(file, { picture, head })` through its workers, with graphs of the small models.

import assert from 'node:assert/strict'
import { copyFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { onnx, pipeline, tensor } from '#vision/index.ts'
import { closeRuntime } from '#vision/runtime/pool.ts'
import { refusal } from '../helpers/hub-world.ts'

const models = fileURLToPath(new URL('../fixtures/hf-tiny/', import.meta.url))
const vit = join(models, 'vit/onnx/model.onnx')
const photo = join(models, 'input/img.png')
const picture = { size: [32, 32], mean: [0.5], std: [0.5] } as const

after(closeRuntime)

test('a graph with a declared picture and head answers as its pipeline does', async () => {
  await using classify = await pipeline('image-classification', join(models, 'vit'))
  const wanted = await classify(photo)
  await using declared = await onnx(vit, {
    picture,
    head: { kind: 'classes', labels: wanted.map(({ label }) => label) },
  })
  const got = await declared(photo)
  assert.equal(got.length, wanted.length)
  assert.ok(Math.abs((got[0]?.score ?? 0) - (wanted[0]?.score ?? 0)) < 1e-6)
  const all = await onnx(vit, { picture, head: { kind: 'classes', top_k: null } })
  assert.deepEqual(
    (await all([photo, photo])).map((each) => each.length),
    [wanted.length, wanted.length],
  )
  await all.dispose()
})

test('one file is loaded once, however many declarations there are of it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-onnx-'))
  const file = join(folder, 'model.onnx')
  await copyFile(vit, file)
  try {
    await using classes = await onnx(file, { picture, head: { kind: 'classes' } })
    // Whoever loads it from now on is told that it is none.
    await rename(file, join(folder, 'old.onnx'))
    await writeFile(file, 'no graph')
    await using embed = await onnx(file, { picture: { ...picture, scale: 1 }, head: { kind: 'embedding' } })
    await using raw = await onnx(file, { picture })
    const [answers, vector, { outputs }] = await Promise.all([classes(photo), embed(photo), raw(photo)])
    assert.equal(answers.length, vector.dims[0])
    assert.deepEqual(outputs.logits?.dims, [1, answers.length])
    await Promise.all([classes.dispose(), embed.dispose(), raw.dispose()])
    assert.match(await refusal(onnx(file, { picture })).then(({ message }) => message), /model\.onnx/)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test('inputs that are the same for every call are declared once', async () => {
  const ids = (...values: number[]) => tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length])
  const clip = join(models, 'clip/onnx/model.onnx')
  const feeds = { input_ids: ids(0, 5, 6, 1), attention_mask: ids(1, 1, 1, 1) }
  await using declared = await onnx(clip, { picture, feeds, head: (outputs) => outputs.logits_per_image?.data[0] })
  await using called = await onnx(clip, { picture, head: (outputs) => outputs.logits_per_image?.data[0] })
  assert.equal(await declared(photo), await called(photo, { feeds }))
  const other = { input_ids: ids(3, 7, 8, 1) }
  assert.equal(await declared(photo, { feeds: other }), await called(photo, { feeds: { ...feeds, ...other } }))
  assert.notEqual(await declared(photo), await declared(photo, { feeds: other }))
})

test('a declaration that the graph cannot follow is refused when it is opened', async () => {
  const open = (declaration: object) => refusal(onnx(vit, declaration)).then(({ message }) => message)
  assert.match(await open({ picture: { input: 'image' } }), /it has no input “image”, but “pixel_values”/)
  assert.match(await open({ picture, heads: {} }), /onnx\.heads: .*`head`/)
  assert.match(await open({ picture, feeds: 3 }), /feeds: expected/)
  await using classify = await onnx(vit, { picture })
  const misspelt = refusal(classify(photo, { feed: {} } as object)).then(({ message }) => message)
  assert.match(await misspelt, /feed: expected an option of the call.* Did you mean `feeds`/)
})
