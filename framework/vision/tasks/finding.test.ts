import assert from 'node:assert/strict'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { createImage } from '../media/open-image.ts'
import { openTaskInProcess } from '../runtime/open-task.ts'
import type { Tensor } from '../task.ts'
import type { TaskName } from '../tasks.ts'
import type { Depth } from './depth-estimation.ts'
import type { GuidedObject } from './image-guided-object-detection.ts'
import type { SegmentedPart } from './image-segmentation.ts'
import type { FoundMasks } from './mask-generation.ts'
import type { DetectedObject } from './object-detection.ts'
import type { LabelledBox } from './zero-shot-object-detection.ts'

const models = fileURLToPath(new URL('../../../test/fixtures/hf-tiny/', import.meta.url))
const photo = join(models, 'input/img.png')
const query = join(models, 'input/query_disc.png')

async function ask<T>(task: TaskName, model: string, ...args: readonly unknown[]): Promise<T> {
  await using open = await openTaskInProcess(task, join(models, model))
  return (await open(...args)) as T
}

test('a detector asked for certainty finds nothing, and one asked for anything finds all its queries', async () => {
  assert.deepEqual(await ask('object-detection', 'yolos', photo, { threshold: 1 }), [])
  const all = await ask<DetectedObject[]>('object-detection', 'yolos', photo, { threshold: 0 })
  assert.equal(all.length, 10)
})

test('boxes in parts of the sides are those in pixels, divided by them', async () => {
  const [pixels] = await ask<DetectedObject[]>('object-detection', 'yolos', photo, { threshold: 0.2 })
  const [parts] = await ask<DetectedObject[]>('object-detection', 'yolos', photo, { threshold: 0.2, percentage: true })
  assert.ok(pixels && parts)
  assert.equal(Math.trunc(parts.box.xmax * 97), pixels.box.xmax)
  assert.equal(Math.trunc(parts.box.ymax * 61), pixels.box.ymax)
})

test('a class that the model has no name for is said, as is where it should be', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'yolos-'))
  try {
    await cp(join(models, 'yolos'), folder, { recursive: true })
    const { id2label, ...config } = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))
    await writeFile(join(folder, 'config.json'), JSON.stringify(config))
    await using open = await openTaskInProcess('object-detection', folder)
    assert.match(id2label['0'], /^label_0$/)
    await assert.rejects(open(photo, { threshold: 0 }), /config\.json: it has no name for class \d+.*id2label/s)
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a threshold that is no number is refused before the picture is looked at', async () => {
  const asked = ask('object-detection', 'yolos', 'nowhere.png', { threshold: 'high' })
  await assert.rejects(asked, /threshold: expected a number of at least 0 and at most 1, got “high”/)
})

test('asking about labels without giving one is refused by every task that takes them', async () => {
  const tasks = [
    ['zero-shot-image-classification', 'clip'],
    ['zero-shot-object-detection', 'owlvit'],
    ['zero-shot-image-segmentation', 'clipseg'],
  ] as const
  for (const [task, model] of tasks) {
    await assert.rejects(ask(task, model, photo, []), { code: 'invalid-value', message: /candidate_labels/ })
  }
})

test('a template without a place for the label is refused', async () => {
  const asked = ask('zero-shot-image-classification', 'clip', photo, ['cat'], { hypothesis_template: 'a photo' })
  await assert.rejects(asked, /hypothesis_template: expected a text with \{\} in it/)
})

test('the only label there is has all of CLIP’s score', async () => {
  assert.deepEqual(await ask('zero-shot-image-classification', 'clip', photo, 'cat'), [{ score: 1, label: 'cat' }])
})

test('labels that are longer than the model reads are cut, not refused', async () => {
  const long = Array.from({ length: 200 }, () => 'cat').join(' ')
  for (const [task, model, options] of [
    ['zero-shot-image-classification', 'clip', {}],
    ['zero-shot-object-detection', 'owlvit', { threshold: 0 }],
  ] as const) {
    const [first] = await ask<{ label: string }[]>(task, model, photo, [long], options)
    assert.equal(first?.label, long)
  }
})

test('only the best boxes are given where few are asked for', async () => {
  const boxes = await ask<LabelledBox[]>('zero-shot-object-detection', 'owlvit', photo, ['cat', 'dog'], { top_k: 3 })
  assert.equal(boxes.length, 3)
  assert.ok(boxes.every(({ score }, i) => i === 0 || score <= (boxes[i - 1]?.score ?? 0)))
})

test('a semantic model is asked for instances in vain, and says so', async () => {
  const asked = ask('image-segmentation', 'segformer', photo, { subtask: 'instance' })
  await assert.rejects(asked, /subtask: expected semantic, got “instance”/)
})

test('every pixel belongs to exactly one class', async () => {
  const parts = await ask<SegmentedPart[]>('image-segmentation', 'segformer', photo)
  const covered = parts.reduce((sum, { mask }) => sum + mask.data.reduce((area, value) => area + value / 255, 0), 0)
  assert.equal(covered, 97 * 61)
})

test('a panoptic model that is sure of nothing gives no segments', async () => {
  assert.deepEqual(await ask('image-segmentation', 'detr_panoptic', photo, { threshold: 1 }), [])
})

test('depth is as large as the picture, as numbers and as a picture', async () => {
  const { predicted_depth, depth } = await ask<Depth>('depth-estimation', 'glpn', photo)
  assert.deepEqual([predicted_depth.dims, predicted_depth.type], [[61, 97], 'float32'])
  assert.deepEqual([depth.width, depth.height], [97, 61])
})

test('scores of classes are no depth', async () => {
  await assert.rejects(
    ask('depth-estimation', 'vit', photo),
    /onnx\/model\.onnx: expected depth \[1, height, width\], got \[1, 5\]/,
  )
})

test('a picture of one pixel has a depth too', async () => {
  const dot = createImage({ width: 1, height: 1, channels: 3, data: Uint8Array.of(9, 9, 9) })
  const { predicted_depth, depth } = await ask<Depth>('depth-estimation', 'glpn', dot)
  assert.deepEqual(predicted_depth.dims, [1, 1])
  assert.deepEqual([...(await depth.rgb()).data], [0, 0, 0])
})

test('features are all tokens, or one vector; a model without one says so', async () => {
  const tokens = await ask<Tensor>('image-feature-extraction', 'dinov2_feat', photo)
  const pooled = await ask<Tensor>('image-feature-extraction', 'dinov2_feat', photo, { pool: true })
  assert.deepEqual(
    [tokens.dims, pooled.dims],
    [
      [1, 5, 32],
      [1, 32],
    ],
  )
  await assert.rejects(ask('image-feature-extraction', 'vit', photo, { pool: true }), /pooler_output.*got logits/)
})

test('a model of pictures and words can be asked about a picture alone', async () => {
  const { dims } = await ask<Tensor>('image-feature-extraction', 'clip', photo, { pool: true })
  assert.deepEqual(dims, [1, 16])
})

test('a model that makes no picture is named', async () => {
  const asked = ask('image-to-image', 'glpn', photo)
  await assert.rejects(asked, {
    code: 'model-broken',
    message: /expected a picture \[1, 3, height, width\], got \[1, /,
  })
})

test('an enlarged picture is cut to the scale, or left with its padding', async () => {
  const sizes = []
  for (const padded of [false, true]) {
    const image = await ask<{ width: number; height: number }>('image-to-image', 'swin2sr_light', photo, { padded })
    sizes.push([image.width, image.height])
  }
  assert.deepEqual(sizes, [
    [194, 122],
    [208, 128],
  ])
})

test('any segmentation model can make the background transparent', async () => {
  const cut = await ask<{ pixels(): Promise<{ channels: number; data: Uint8Array }> }>(
    'background-removal',
    'segformer',
    photo,
  )
  const { channels, data } = await cut.pixels()
  assert.equal(channels, 4)
  assert.equal(data.length, 97 * 61 * 4)
  assert.ok(new Set(data.filter((_, i) => i % 4 === 3)).size > 10, 'the edges are soft')
})

test('masks come with run lengths and extents where they are wanted', async () => {
  const options = {
    points_per_crop: 4,
    pred_iou_thresh: 0.1,
    stability_score_thresh: 0.3,
    stability_score_offset: 0.005,
  }
  const plain = await ask<FoundMasks>('mask-generation', 'sam', photo, options)
  const full = await ask<FoundMasks>('mask-generation', 'sam', photo, {
    ...options,
    crops_n_layers: 1,
    output_rle_mask: true,
    output_bboxes_mask: true,
  })
  assert.deepEqual(Object.keys(plain), ['masks', 'scores'])
  assert.deepEqual(plain.scores.dims, [plain.masks.length])
  assert.deepEqual(full.bounding_boxes?.dims, [full.masks.length, 4])
  for (const [index, mask] of full.masks.entries()) {
    const counts = full.rle_mask?.[index]?.counts ?? []
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      97 * 61,
    )
    const area = counts.reduce((sum, count, i) => sum + (i % 2 ? count : 0), 0)
    assert.equal(area, mask.data.filter((value) => value === 255).length)
  }
})

test('a picture that is pointed at again is not encoded again', async () => {
  await using open = await openTaskInProcess('mask-generation', join(models, 'sam'))
  const point = { input_points: [[[40, 30]]] }
  const first = (await open(photo, point)) as FoundMasks
  const encoded = open.timings?.preprocess ?? 0
  const second = (await open(photo, point)) as FoundMasks
  assert.ok(encoded > 0)
  assert.equal(open.timings?.preprocess, 0)
  assert.deepEqual(second, first)
})

test('a model whose decoder knows no boxes says so by name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sam-'))
  try {
    await cp(join(models, 'sam'), folder, { recursive: true })
    await rm(join(folder, 'onnx/prompt_encoder_mask_decoder_boxes.onnx'))
    await using open = await openTaskInProcess('mask-generation', folder)
    await assert.rejects(open(photo, { input_boxes: [[1, 1, 9, 9]] }), {
      code: 'model-broken',
      message: /prompt_encoder_mask_decoder\.onnx: expected a decoder that takes input_boxes/,
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the best match of a query picture always scores one, and a choice that the model cannot make is refused', async () => {
  const [best] = await ask<GuidedObject[]>('image-guided-object-detection', 'owlvit_image_guided', photo, query)
  assert.ok(best && best.score > 0.9999 && best.label === null)
  const asked = ask('image-guided-object-detection', 'owlvit_image_guided', photo, query, {
    query_choice: 'objectness',
  })
  await assert.rejects(asked, { code: 'model-broken', message: /objectness_logits/ })
})

test('segmenting by no picture at all is refused', async () => {
  const asked = ask('image-guided-segmentation', 'clipseg_image_guided', photo, [])
  await assert.rejects(asked, /query_image: expected at least one picture, got an empty list/)
})

test('a call that was cancelled ends with its reason', async () => {
  await using open = await openTaskInProcess('mask-generation', join(models, 'sam'))
  const reason = new Error('the visitor left')
  await assert.rejects(open(photo, { signal: AbortSignal.abort(reason) }), reason)
})

test('a graph that was exported for one size segments pictures squashed to it, whatever its configuration says', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rf-detr-'))
  try {
    await cp(join(models, 'rf_detr'), folder, { recursive: true })
    const settings = JSON.parse(await readFile(join(folder, 'preprocessor_config.json'), 'utf8'))
    const size = { shortest_edge: 80, longest_edge: 120 }
    await writeFile(join(folder, 'preprocessor_config.json'), JSON.stringify({ ...settings, size }))
    await using open = await openTaskInProcess('image-segmentation', folder)
    const usual = await ask<SegmentedPart[]>('image-segmentation', 'rf_detr', photo, { threshold: 0.3 })
    assert.ok(usual.length > 0)
    assert.deepEqual(await open(photo, { threshold: 0.3 }), usual)
  } finally {
    await rm(folder, { recursive: true })
  }
})
