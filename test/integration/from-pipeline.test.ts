import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { PIPELINE_PAGES } from '../../framework/from-pipeline.ts'
import { fromPipeline } from '../../framework/index.ts'
import { openSpace } from '../../framework/testing/index.ts'
import { closeRuntime } from '../../framework/vision/runtime/pool.ts'
import { TASKS } from '../../framework/vision/tasks.ts'

const models = fileURLToPath(new URL('../fixtures/hf-tiny/', import.meta.url))
const image = `${models}input/img.png`
const frames = ['00', '01', '02', '03'].map((name) => `${models}input/frames/${name}.png`)
const candidate_labels = 'cat, dog'
const question = 'what is it?'

after(closeRuntime)

/** A model for each task, inputs for its page, and the outputs that come back. */
const RUNS: Readonly<Record<string, readonly [model: string, inputs: Record<string, unknown>, output: string]>> = {
  'background-removal': ['segformer', { image }, 'cutout'],
  'depth-estimation': ['glpn', { image }, 'depth'],
  'document-question-answering': ['donut', { image, question }, 'answer'],
  'image-classification': ['vit', { image }, 'labels'],
  'image-feature-extraction': ['dinov2_feat', { image, other: image }, 'similarity'],
  'image-guided-object-detection': ['owlvit_image_guided', { image, query_image: image }, 'objects'],
  'image-guided-segmentation': ['clipseg_image_guided', { image, query_image: image }, 'masks'],
  'image-segmentation': ['segformer', { image }, 'masks'],
  'image-to-image': ['swin2sr_light', { image }, 'result'],
  'image-to-text': ['trocr', { image }, 'text'],
  'mask-generation': ['sam', { image }, 'masks'],
  'object-detection': ['yolos', { image, threshold: 0.1 }, 'objects'],
  'text-to-image': ['sd', { prompt: 'a cat', num_inference_steps: 2 }, 'pictures'],
  'unconditional-image-generation': ['ddpm', { num_inference_steps: 2, seed: 1 }, 'pictures'],
  'video-classification': ['videomae', { frames }, 'labels'],
  'visual-question-answering': ['vilt', { image, question }, 'answers'],
  'zero-shot-image-classification': ['clip', { image, candidate_labels }, 'labels'],
  'zero-shot-image-segmentation': ['clipseg', { image, candidate_labels }, 'masks'],
  'zero-shot-object-detection': ['owlvit', { image, candidate_labels }, 'objects'],
  'zero-shot-video-classification': ['xclip', { frames, candidate_labels }, 'labels'],
}

test('every task has a page of its own', () => {
  assert.deepEqual([...PIPELINE_PAGES].sort(), Object.keys(TASKS).sort())
})

for (const task of PIPELINE_PAGES) {
  const [model, inputs, output] = RUNS[task] ?? []
  test(`the page of ${task} answers`, async () => {
    assert.ok(model && output, `${task} is missing in the table`)
    await using page = await openSpace(fromPipeline(task, models + model))
    const outputs: Readonly<Record<string, unknown>> = await page.run(inputs as never)
    assert.deepEqual(Object.keys(outputs), [output])
    assert.notEqual(outputs[output], undefined)
    if (output === 'similarity') assert.ok(Math.abs((outputs[output] as number) - 1) < 1e-6)
  })
}

for (const [task, model, inputs] of [
  ['text-to-image', 'sd', { prompt: 'a cat', num_inference_steps: 5, seed: 1 }],
  ['unconditional-image-generation', 'ddpm', { num_inference_steps: 5, seed: 1 }],
] as const) {
  test(`the page of ${task} shows the picture as it forms`, async () => {
    await using page = await openSpace(fromPipeline(task, models + model))
    const shown: number[] = []
    for await (const { pictures } of page.stream(inputs as never)) shown.push((pictures as readonly unknown[]).length)
    assert.ok(shown.length >= 2 && shown.every((count) => count === 1), `pictures shown: ${shown.join(', ')}`)
  })
}
