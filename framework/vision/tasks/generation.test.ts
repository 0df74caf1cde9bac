/** Pictures out of noise: what the references do not show. */

import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import type { Image } from '#core/media.ts'
import { openImage } from '../media/open-image.ts'
import { type InProcessTask, openTaskInProcess } from '../runtime/open-task.ts'
import type { Tensor } from '../task.ts'

const model = (name: string) => fileURLToPath(new URL(`../../../test/fixtures/hf-tiny/${name}`, import.meta.url))
const small = { height: 16, width: 16, num_inference_steps: 2 }

let paint: InProcessTask
let dream: InProcessTask
before(async () => {
  paint = await openTaskInProcess('text-to-image', model('sd'))
  dream = await openTaskInProcess('unconditional-image-generation', model('ddpm'))
})
after(() => Promise.all([paint[Symbol.asyncDispose](), dream[Symbol.asyncDispose]()]))

const pictures = async (answer: Promise<unknown>) =>
  Promise.all(((await answer) as Image[]).map(async (image) => [...(await image.rgb()).data]))

test('a seed gives its picture again, another seed another', async () => {
  const [first] = await pictures(paint('a cat', { ...small, seed: 5 }))
  const [again] = await pictures(paint('a cat', { ...small, seed: 5 }))
  const [other] = await pictures(paint('a cat', { ...small, seed: 6 }))
  assert.deepEqual(first, again)
  assert.notDeepEqual(first, other)
})

test('a seed gives the picture that it gives in Python', async () => {
  const { input, parameters, output } = JSON.parse(await readFile(join(model('sd'), 'expected.json'), 'utf8'))
  // The reference's latents are torch's for this seed.
  const [ours] = await pictures(paint(input.prompt, { ...parameters, scheduler: input.scheduler, seed: 21 }))
  const { data } = await (await openImage(join(model('sd'), output.image))).rgb()
  assert.equal(ours?.length, data.length)
  assert.ok(ours?.every((value, i) => Math.abs(value - (data[i] as number)) <= 1))
})

test('several pictures of several prompts come in order', async () => {
  const all = await pictures(paint(['a cat', 'a dog'], { ...small, seed: 5, num_images_per_prompt: 2 }))
  const [alone] = await pictures(paint('a cat', { ...small, seed: 5 }))
  assert.equal(all.length, 4)
  assert.deepEqual(all[0], alone)
  assert.notDeepEqual(all[0], all[1])
})

test('what is not wanted changes the picture, unless guidance is off', async () => {
  const run = (options: object) => pictures(paint('a cat', { ...small, seed: 5, ...options }))
  assert.notDeepEqual(await run({ negative_prompt: 'dog' }), await run({}))
  assert.deepEqual(await run({ negative_prompt: 'dog', guidance_scale: 1 }), await run({ guidance_scale: 1 }))
})

test('values and latents are to be had in place of pictures', async () => {
  const [values] = (await paint('a cat', { ...small, seed: 1, output_type: 'np' })) as Tensor<'float32'>[]
  const [latents] = (await paint('a cat', { ...small, seed: 1, output_type: 'latent' })) as Tensor<'float32'>[]
  assert.deepEqual(values?.dims, [16, 16, 3])
  assert.ok(values?.data.every((value) => value >= 0 && value <= 1))
  assert.deepEqual(latents?.dims, [4, 8, 8])
})

test('each step is reported, and a cancelled call ends at the next one', async () => {
  const notes: string[] = []
  const cancel = new AbortController()
  const onProgress = (_: number, note?: string) => {
    notes.push(note ?? '')
    if (notes.length === 3) cancel.abort(new Error('enough'))
  }
  const options = { num_inference_steps: 8, seed: 1, onProgress, signal: cancel.signal }
  await assert.rejects(dream(options), /enough/)
  assert.deepEqual(notes, ['Step 1 of 8', 'Step 2 of 8', 'Step 3 of 8'])
})

test('the pictures so far come with each step but the last', async () => {
  for (const [call, side] of [
    [(more: object) => paint('a cat', { ...small, num_images_per_prompt: 2, ...more }), 8],
    [(more: object) => dream({ batch_size: 2, ...more }), 8],
  ] as const) {
    const partials: unknown[] = []
    const onProgress = (_: number, _note?: string, partial?: unknown) => partials.push(partial)
    await call({ num_inference_steps: 4, seed: 1, scheduler: 'Euler', onProgress })
    assert.equal(partials.pop(), undefined)
    assert.deepEqual(
      (partials as Image[][]).map((pictures) => pictures.map(({ width, height }) => [width, height])),
      new Array(3).fill([
        [side, side],
        [side, side],
      ]),
    )
    const values: unknown[] = []
    const listen = (_: number, _note?: string, partial?: unknown) => values.push(partial)
    await call({ num_inference_steps: 4, seed: 1, output_type: 'np', onProgress: listen })
    assert.ok(values.every((partial) => partial === undefined))
  }
})

test('a batch of a diffusion model has as many pictures', async () => {
  const all = await pictures(dream({ batch_size: 3, num_inference_steps: 2, seed: 9, scheduler: 'DDIM' }))
  assert.equal(all.length, 3)
  assert.notDeepEqual(all[0], all[1])
  const noise = { type: 'float32', dims: [2, 3, 8, 8], data: new Float32Array(2 * 192).fill(0.5) }
  assert.equal((await pictures(dream({ noise, num_inference_steps: 1 }))).length, 2)
})

test('wrong options of generation are named', async () => {
  const message = (answer: Promise<unknown>, text: RegExp) => assert.rejects(answer, { message: text })
  await message(paint('a cat', { ...small, height: 17 }), /height: expected a multiple of 8, got 17/)
  await message(paint(undefined, small), /prompt: expected a prompt, or a list of prompts, got nothing/)
  await message(
    paint(['a', 'b'], { ...small, negative_prompt: ['c'] }),
    /negative_prompt: expected a text, or one for each/,
  )
  await message(paint('a cat', { ...small, latents: [1, 2, 3] }), /latents: expected 256 values/)
  await message(paint('a cat', { ...small, scheduler: 'warp' }), /scheduler: expected one of .*DDIMScheduler/)
  await message(dream({ num_inference_steps: 3, step_noise: [1], seed: 1 }), /step_noise: expected at least 192 values/)
  await message(
    paint('a cat', { ...small, timesteps: [5, 5] }),
    /timesteps: expected whole numbers, each below the one/,
  )
  await message(paint('a cat', { ...small, sigmas: [1] }), /sigmas: expected numbers, each below the one before/)
  await message(paint('a cat', { ...small, clip_skip: 1 }), /clip_skip: expected nothing for this model/)
  await message(dream({ batch_size: 0 }), /batch_size: expected a whole number of at least 1 and at most 1024, got 0/)
})

test('a graph from noise to picture is a generator', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-generator-'))
  try {
    await writeFile(join(folder, 'model.onnx'), reshapeGraph([1, 12], [1, 3, 2, 2]))
    await writeFile(join(folder, 'config.json'), JSON.stringify({ range: [0, 10] }))
    await using generate = await openTaskInProcess('unconditional-image-generation', folder)
    const noise = [0, 10, 5, 20, 0, 0, 0, 0, 10, 10, 10, -3]
    // Channel by channel in, pixel by pixel out: 0 and below is black, 10 and above white.
    assert.deepEqual(await pictures(generate({ noise })), [[0, 0, 255, 255, 0, 255, 128, 0, 255, 255, 0, 0]])
    assert.equal((await pictures(generate({ batch_size: 2, seed: 4 }))).length, 2)
    await assert.rejects(generate({ output_type: 'latent' }), { message: /output_type: expected “image” or “np”/ })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('each picture of a list of seeds is the one that its seed gives alone', async () => {
  const all = await pictures(
    paint('a cat', { ...small, seed: [5, 6], num_images_per_prompt: 2, scheduler: 'EulerAncestral' }),
  )
  const alone = (seed: number) => pictures(paint('a cat', { ...small, seed, scheduler: 'EulerAncestral' }))
  assert.deepEqual(all, [...(await alone(5)), ...(await alone(6))])
  await assert.rejects(paint('a cat', { ...small, seed: [1, 2, 3], num_images_per_prompt: 2 }), {
    message: /seed: expected a whole number, or one for each picture \(2\)/,
  })
})

test('the part of a prompt that the model does not read is told', async () => {
  const notes: (string | undefined)[] = []
  const prompt = 'a photo of a cat, a dog and a ball; how many animals are there in this picture of a couch'
  await paint(prompt, {
    ...small,
    seed: 1,
    guidance_scale: 1,
    onProgress: (_: number, note?: string) => notes.push(note),
  })
  assert.match(notes[0] ?? '', /^The model reads 20 tokens\. Left out: “.*couch”$/)
  assert.equal(notes.length, 3)
})

test('a generator of classes asks for one, and keeps to those it has', async () => {
  await using generate = await openTaskInProcess('unconditional-image-generation', model('gan_class'))
  await assert.rejects(generate({ seed: 1 }), { message: /class_labels: expected the number of a class/ })
  await assert.rejects(generate({ seed: 1, class_labels: [-1] }), { message: /class_labels: expected the number/ })
  await using dreams = await openTaskInProcess('unconditional-image-generation', model('ddpm_class'))
  await assert.rejects(dreams({ class_labels: 5 }), {
    message: /class_labels: expected the number of a class up to 4,/,
  })
  const [one] = await pictures(generate({ seed: 1, class_labels: 1 }))
  const [same] = await pictures(generate({ seed: 1, class_labels: [1] }))
  const [other] = await pictures(generate({ seed: 1, class_labels: 2 }))
  assert.deepEqual(one, same)
  assert.notDeepEqual(one, other)
})

/** An ONNX file of one node, `picture = Reshape(z, shape)`: field by field as Protocol Buffers have it. */
function reshapeGraph(from: readonly number[], to: readonly number[]): Uint8Array {
  const field = (number: number, value: number | string | Uint8Array): number[] => {
    if (typeof value === 'number') return [number << 3, value]
    const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
    return [(number << 3) | 2, bytes.length, ...bytes]
  }
  const message = (...fields: number[][]) => Uint8Array.from(fields.flat())
  const floats = (name: string, dims: readonly number[]) => {
    const shape = message(...dims.map((dim) => field(1, message(field(1, dim)))))
    return message(field(1, name), field(2, message(field(1, message(field(1, 1), field(2, shape))))))
  }
  const shape = message(field(1, to.length), field(2, 7), ...to.map((dim) => field(7, dim)), field(8, 'shape'))
  const node = message(field(1, 'z'), field(1, 'shape'), field(2, 'picture'), field(4, 'Reshape'))
  const graph = message(
    field(1, node),
    field(2, 'generator'),
    field(5, shape),
    field(11, floats('z', from)),
    field(12, floats('picture', to)),
  )
  return message(field(1, 8), field(7, graph), field(8, message(field(1, ''), field(2, 13))))
}
