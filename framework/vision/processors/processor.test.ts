import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isSpaceError } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import { loadImageProcessor } from '../parts/image-processor.ts'
import type { Json } from '../task.ts'
import { processorConfig } from './config.ts'
import { createImageProcessor } from './processor.ts'

const processor = (raw: Json, modelType?: string) => createImageProcessor(processorConfig(raw, modelType))

const picture = (width: number, height: number, value: (x: number, y: number, channel: number) => number): Pixels => {
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / 3)
    data[i] = value(pixel % width, Math.floor(pixel / width), i % 3)
  }
  return { width, height, channels: 3, data }
}
const flat = (width: number, height: number, value: number) => picture(width, height, () => value)

test('an extractor of old, a fast class and a bare model type are one processor', () => {
  const values = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5], resample: 2 }
  const input = picture(40, 30, (x, y, c) => x * 5 + y + c)
  const wanted = processor({ ...values, image_processor_type: 'ViTImageProcessor', size: { height: 8, width: 8 } })
  for (const [raw, modelType] of [
    [{ ...values, feature_extractor_type: 'ViTFeatureExtractor', size: 8 }, undefined],
    [
      { ...values, image_processor_type: 'ViTImageProcessorFast', size: { height: 8, width: 8 }, crop_size: null },
      undefined,
    ],
    [{ ...values, size: 8 }, 'vit'],
  ] as const) {
    assert.deepEqual(processor(raw, modelType).process(input), wanted.process(input))
  }
})

test('an old size is the shorter side for CLIP and a limit for DETR', () => {
  const clip = processor({ feature_extractor_type: 'CLIPFeatureExtractor', size: 32, crop_size: 32 })
  const { pixel_values, resizedSizes } = clip.process(flat(97, 61, 9))
  assert.deepEqual(pixel_values.dims, [1, 3, 32, 32])
  assert.deepEqual(resizedSizes, [{ width: 50, height: 32 }])
  const detr = processor({ feature_extractor_type: 'DetrFeatureExtractor', size: 64, max_size: 96 })
  assert.deepEqual(detr.process(flat(97, 61, 9)).pixel_values.dims, [1, 3, 60, 96])
})

test('pictures of several sizes are padded with zeros after normalising, and the mask tells which is which', () => {
  const detr = processor({ image_processor_type: 'DetrImageProcessor', size: { shortest_edge: 4, longest_edge: 8 } })
  const { pixel_values, pixel_mask, originalSizes } = detr.process([flat(8, 4, 255), flat(4, 4, 255)])
  assert.deepEqual(pixel_values.dims, [2, 3, 4, 8])
  assert.deepEqual(pixel_mask?.dims, [2, 4, 8])
  assert.deepEqual(originalSizes, [
    { width: 8, height: 4 },
    { width: 4, height: 4 },
  ])
  const row = (start: number) => [...(pixel_mask?.data.subarray(start, start + 8) ?? [])].map(Number)
  assert.deepEqual(row(0), [1, 1, 1, 1, 1, 1, 1, 1])
  assert.deepEqual(row(32), [1, 1, 1, 1, 0, 0, 0, 0])
  assert.equal(pixel_values.data[96 + 4], 0)
  assert.ok((pixel_values.data[96] ?? 0) > 2)
})

test('a processor that does not pad refuses pictures that come out in different sizes', () => {
  const glpn = processor({ image_processor_type: 'GLPNImageProcessor' })
  assert.throws(
    () => glpn.process([flat(64, 64, 0), flat(96, 64, 0)]),
    (error: Error) => {
      assert.ok(isSpaceError(error))
      return /Run them one by one/.test(error.message)
    },
  )
})

test('a crop larger than the picture sets it into black before normalising', () => {
  const vit = processor({
    image_processor_type: 'ViTImageProcessor',
    do_resize: false,
    do_center_crop: true,
    crop_size: { height: 3, width: 4 },
  })
  const { data } = vit.process(flat(1, 1, 255)).pixel_values
  // Two columns before, one after; one row before and after.
  assert.deepEqual([...data.subarray(0, 12)], [-1, -1, -1, -1, -1, -1, 1, -1, -1, -1, -1, -1])
})

test('MobileViT takes blue first and does not normalise', () => {
  const mobileVit = processor({
    image_processor_type: 'MobileViTImageProcessor',
    do_resize: false,
    do_center_crop: false,
  })
  const { data } = mobileVit.process(picture(1, 1, (_x, _y, c) => [255, 51, 0][c] as number)).pixel_values
  assert.deepEqual([...data], [0, Math.fround(0.2), 1])
})

test('Swin2SR pads by a whole block even where nothing is missing, mirroring the edge', () => {
  for (const key of ['size_divisor', 'pad_size']) {
    const swin2sr = processor({ image_processor_type: 'Swin2SRImageProcessor', [key]: 8 })
    const { dims, data } = swin2sr.process(picture(8, 8, (x) => x * 10)).pixel_values
    assert.deepEqual(dims, [1, 3, 16, 16])
    assert.deepEqual(
      [data[7], data[8], data[15]],
      [70, 70, 0].map((value) => Math.fround(value / 255)),
    )
  }
})

test('Donut shrinks a page into its frame and centres it on black', () => {
  const donut = processor({ image_processor_type: 'DonutImageProcessor', size: [8, 16] })
  const { pixel_values, resizedSizes } = donut.process(flat(16, 16, 255))
  assert.deepEqual(pixel_values.dims, [1, 3, 16, 8])
  assert.deepEqual(resizedSizes, [{ width: 8, height: 8 }])
  const column = Array.from({ length: 16 }, (_, y) => pixel_values.data[y * 8])
  assert.deepEqual(column, [...Array(4).fill(-1), ...Array(8).fill(1), ...Array(4).fill(-1)])
})

test('Nougat cuts the white margin off before anything else', () => {
  const nougat = processor({
    image_processor_type: 'NougatImageProcessor',
    size: { height: 4, width: 4 },
    do_normalize: false,
  })
  const page = picture(20, 20, (x, y) => (x >= 5 && x < 9 && y >= 6 && y < 10 ? 0 : 255))
  assert.ok(nougat.process(page).pixel_values.data.every((value) => value === 0))
})

test('ZoeDepth keeps a flat picture flat, at a multiple of 32', () => {
  const zoe = processor({ image_processor_type: 'ZoeDepthImageProcessor', ensure_multiple_of: 32 })
  const { dims, data } = zoe.process(flat(100, 60, 255)).pixel_values
  assert.ok(
    dims.slice(2).every((side) => side % 32 === 0),
    `${dims}`,
  )
  assert.ok(data.every((value) => Math.abs(value - 1) < 1e-6))
})

test('a class that nobody knows follows the general rules of its configuration', () => {
  const unknown = processor({ image_processor_type: 'FutureNetImageProcessor', size: { height: 2, width: 2 } })
  assert.equal(unknown.kind, 'Generic')
  assert.deepEqual([...unknown.process(flat(4, 4, 255)).pixel_values.data], Array(12).fill(1))
})

test('a class that nobody knows resizes to what its file says, and not at all where it says nothing', () => {
  const dims = (raw: Json) =>
    processor({ feature_extractor_type: 'ImageFeatureExtractor', ...raw }).process(flat(70, 45, 0)).pixel_values.dims
  assert.deepEqual(dims({ size: { shortest_edge: 40 }, size_divisibility: 32 }), [1, 3, 32, 32])
  assert.deepEqual(dims({ size_divisibility: 16 }), [1, 3, 32, 64])
  assert.deepEqual(dims({}), [1, 3, 45, 70])
})

test('a processor can be had alone, from a model’s folder or from its configuration', async () => {
  const folder = fileURLToPath(new URL('../../../test/fixtures/hf-tiny/vit', import.meta.url))
  const fromFolder = await loadImageProcessor(folder)
  const json = JSON.parse(readFileSync(`${folder}/preprocessor_config.json`, 'utf8')) as Json
  const fromJson = await loadImageProcessor(json)
  const input = picture(50, 40, (x, y) => x + y)
  assert.deepEqual(fromFolder.process(input), fromJson.process(input))
})

test('a setting that cannot be is named with its file before any picture comes', () => {
  const wrong: readonly Json[] = [
    { size: { height: -1, width: 8 } },
    { size: { shortest_edge: '224' } },
    { crop_size: 0 },
    { image_mean: 'x' },
    { image_std: [0.5, null, 0.5] },
    { rescale_factor: '1/255' },
    { resample: 9 },
    { crop_pct: 0 },
    { ensure_multiple_of: 0 },
    { size_divisor: -8 },
    { patch_size: { height: 0, width: 8 } },
    { clusters: [[1, 2]] },
    { size: { height: 8 } },
    { size: { sides: 8 } },
    { size: [8] },
    { size: true },
    { size: { height: 100_000, width: 100_000 } },
    { pad_size: 'large' },
    { do_resize: 'yes' },
    { image_std: [0.5, 0, 0.5] },
    { size: { shortest_edge: 224.5 } },
    { max_num_patches: 2.5 },
    { limit_type: 'widest' },
  ]
  for (const raw of wrong) {
    const name = Object.keys(raw)[0]
    assert.throws(() => processor(raw, 'vit'), new RegExp(`preprocessor_config.json: ${name}.*expected`))
  }
  assert.deepEqual(processorConfig({ image_mean: 0.5 }, 'vit').settings.image_mean, [0.5, 0.5, 0.5])
})

test('a size that means nothing to a class is named, and not replaced by the class’s own', () => {
  const refused = (kind: string, raw: Json) =>
    assert.throws(
      () => processorConfig({ image_processor_type: `${kind}ImageProcessor`, ...raw }),
      /json: (patch_|crop_)?size: /,
    )
  refused('DPT', { size: { longest_edge: 30 } })
  refused('Vilt', { size: { height: 30, width: 30 } })
  refused('ViT', { do_center_crop: true })
  refused('ViT', { do_center_crop: true, crop_size: { longest_edge: 8 } })
  refused('Siglip2', { patch_size: { height: 16, width: 16 } })
})

test('a line of pixels that would grow beyond all measure is refused before anything is made of it', () => {
  const line = flat(60_000, 1, 9)
  const tooLong = (raw: Json) => {
    const { process, reads } = processor(raw)
    for (const read of [() => process(line), () => reads(line)])
      assert.throws(read, /image: expected a picture that is less elongated, got one of 60000 x 1\. Crop it/)
  }
  tooLong({ image_processor_type: 'CLIPImageProcessor' })
  assert.throws(() => processor({ image_processor_type: 'DonutImageProcessor' }).process(line), /less elongated/)
  const detr = processor({ image_processor_type: 'DetrImageProcessor' })
  assert.deepEqual(detr.process(line).pixel_values.dims, [1, 3, 1, 1333])
})
