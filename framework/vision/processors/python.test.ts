import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pixels } from '#core/media.ts'
import type { Json } from '../task.ts'
import { processorConfig } from './config.ts'
import { createImageProcessor } from './processor.ts'

const processor = (kind: string, raw: Json) =>
  createImageProcessor(processorConfig({ image_processor_type: `${kind}ImageProcessor`, ...raw }))

/** Sawteeth in three colours. */
function sawteeth(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 3)
  for (let i = 0; i < data.length; i++) {
    const pixel = Math.floor(i / 3)
    data[i] = ((pixel % width) * 5 + Math.floor(pixel / width) * 3 + (i % 3) * 40) % 256
  }
  return { width, height, channels: 3, data }
}

/** A class, its configuration, and three values out of the tensor that Python makes of the sawteeth. */
type Reference = readonly [kind: string, raw: Json, dims: number[], values: number[]]

// transformers 5.18.0 with Pillow 12.3.0.
const PILLOW: readonly Reference[] = [
  ['LayoutLMv2', {}, [1, 3, 224, 224], [182, 108, 33]],
  ['OneFormer', {}, [1, 3, 800, 1200], [-0.38830381631851196, 1.308123230934143, -1.351285457611084]],
  ['Nougat', {}, [1, 3, 896, 672], [-0.6794246435165405, -1.0553220510482788, -1.804444432258606]],
  ['ZoeDepth', {}, [1, 3, 357, 512], [0.6413527727127075, 0.5674377679824829, 0.565300703048706]],
  [
    'ZoeDepth',
    { ensure_multiple_of: 32 },
    [1, 3, 352, 512],
    [0.36140215396881104, 0.44877779483795166, 0.612305760383606],
  ],
  ['Perceiver', {}, [1, 3, 224, 224], [1.786539912223816, 2.1309523582458496, 2.517995834350586]],
  [
    'TextNet',
    { size: { shortest_edge: 40 } },
    [1, 3, 64, 64],
    [-0.38830381631851196, -1.633053183555603, 1.6813944578170776],
  ],
  [
    'PromptDepthAnything',
    {
      size: { height: 56, width: 56 },
      keep_aspect_ratio: true,
      ensure_multiple_of: 14,
      do_pad: true,
      size_divisor: 16,
    },
    [1, 3, 64, 96],
    [-0.26274508237838745, 0.8901960849761963, 0.20000004768371582],
  ],
  [
    'Eomt',
    { size: { shortest_edge: 40, longest_edge: 64 }, do_pad: true },
    [1, 3, 40, 64],
    [1.255672574043274, 0.1526610553264618, -0.8806971311569214],
  ],
  [
    'BridgeTower',
    { size: { shortest_edge: 64 }, crop_size: { shortest_edge: 48 } },
    [1, 3, 48, 48],
    [0.6602731347084045, 1.6396584510803223, -1.0820579528808594],
  ],
  [
    'Donut',
    { size: [32, 48], do_align_long_axis: true },
    [1, 3, 48, 32],
    [-0.23137253522872925, -0.843137264251709, 0.49803924560546875],
  ],
  [
    'Nougat',
    { size: { height: 12, width: 25 }, do_resize: false, do_crop_margin: false, do_pad: false },
    [1, 3, 16, 25],
    [-0.4568028450012207, 1.378151297569275, -1.211851716041565],
  ],
  ['Siglip2', { max_num_patches: 20 }, [1, 20, 768], [0.23137259483337402, 0.6784313917160034, 0.3490196466445923]],
  ['Pix2Struct', { max_patches: 20 }, [1, 20, 770], [0.6213662028312683, 1.597978949546814, -1.272135853767395]],
  [
    'Perceiver',
    { size: [40, 30], crop_size: 48 },
    [1, 3, 40, 30],
    [-1.0904186964035034, 0.3627451956272125, 2.082265853881836],
  ],
  [
    'MobileViT',
    { size: 40, crop_size: [50, 36] },
    [1, 3, 50, 36],
    [0.7647058963775635, 0.24705882370471954, 0.7333333492279053],
  ],
  [
    'ConvNext',
    { size: { shortest_edge: 32 }, do_center_crop: true, crop_size: 40 },
    [1, 3, 40, 40],
    [0.8901960849761963, -0.09019607305526733, 0.8901960849761963],
  ],
  [
    'Segformer',
    { size: { height: 40, width: 50 }, do_center_crop: true, crop_size: 32 },
    [1, 3, 40, 50],
    [1.1700488328933716, -0.14495795965194702, -1.4035730361938477],
  ],
  [
    'CLIP',
    { use_square_size: true, size: { shortest_edge: 32 } },
    [1, 3, 224, 224],
    [-0.30322301387786865, -0.13125814497470856, 0.1266476958990097],
  ],
  [
    'Detr',
    { size: 40, default_to_square: true, do_flip_channel_order: true, offset: true, rescale_offset: true },
    [1, 3, 40, 60],
    [1.0844250917434692, -0.19747896492481232, -1.4035730361938477],
  ],
]

// transformers 5.18.0 with torchvision 0.28.0, torch 2.13.0 on a CPU: classes that have no Pillow backend.
const TORCHVISION: readonly Reference[] = [
  [
    'Sam2',
    { size: { height: 48, width: 48 } },
    [1, 3, 48, 48],
    [1.0673002004623413, -1.6330530643463135, 0.1999128758907318],
  ],
  [
    'Sam3',
    { size: { height: 100, width: 50 }, resample: 3 },
    [1, 3, 100, 50],
    [-0.239215686917305, 0.4901960790157318, -0.772549033164978],
  ],
  [
    'DepthPro',
    { size: { height: 48, width: 48 } },
    [1, 3, 48, 48],
    [0.46078428626060486, -0.8215686082839966, -0.09607843309640884],
  ],
  [
    'RfDetr',
    { size: { height: 48, width: 48 } },
    [1, 3, 48, 48],
    [1.0715813636779785, -1.6374298334121704, 0.20427028834819794],
  ],
  [
    'DINOv3ViT',
    { size: { height: 48, width: 48 } },
    [1, 3, 48, 48],
    [1.0750064849853516, -1.6365545988082886, 0.19904150068759918],
  ],
  [
    'CHMv2',
    { do_resize: true, size: { height: 56, width: 56 } },
    [1, 3, 64, 80],
    [-0.09389668703079224, -2.182126522064209, 3.359934091567993],
  ],
  [
    'PPLCNet',
    { resize_short: 40, crop_size: 32, size_divisor: 4 },
    [1, 3, 32, 32],
    [-1.5185376405715942, -1.2128850221633911, 0.234771266579628],
  ],
  [
    'PPDocLayoutV3',
    { size: { height: 48, width: 48 } },
    [1, 3, 48, 48],
    [0.729411780834198, 0.09019608050584793, 0.45098039507865906],
  ],
  [
    'PPOCRV5ServerDet',
    { limit_side_len: 64 },
    [1, 3, 32, 64],
    [-0.5423288941383362, 1.3982592821121216, 0.21916434168815613],
  ],
  [
    'Sapiens2',
    { size: { height: 64, width: 48 }, do_pad: true },
    [1, 3, 64, 48],
    [-0.6965494155883789, 1.8683472871780396, -1.804444432258606],
  ],
  [
    'Tipsv2Dpt',
    { size: { height: 48, width: 48 } },
    [1, 3, 48, 48],
    [0.729411780834198, 0.09019608050584793, 0.45098042488098145],
  ],
  [
    'Tipsv2',
    { size: { height: 48, width: 48 }, resample: 1 },
    [1, 3, 48, 48],
    [0.729411780834198, 0.10588236153125763, 0.45098042488098145],
  ],
  [
    'DINOv3ViT',
    { size: { height: 48, width: 48 }, do_rescale: false, do_normalize: false },
    [1, 3, 48, 48],
    [186, 23, 115],
  ],
]

/** These resize numbers, and a sum of them has its last bit from the order that a processor takes. */
const IN_FLOATS = new Set(['DINOv3ViT', 'DepthPro', 'PPOCRV5ServerDet', 'Pix2Struct', 'RfDetr', 'ZoeDepth'])

for (const [backend, references] of Object.entries({ PILLOW, TORCHVISION })) {
  for (const [kind, raw, wanted, values] of references) {
    test(`${kind} of ${JSON.stringify(raw)} gives the tensor that Python gives with ${backend}`, () => {
      const { dims, data } = processor(kind, raw).process(sawteeth(120, 80)).pixel_values
      assert.deepEqual(dims, wanted)
      for (const [i, value] of values.entries()) {
        const got = data[Math.floor((data.length * (2 * i + 1)) / 7)] as number
        if (!IN_FLOATS.has(kind)) assert.equal(got, Math.fround(value))
        else assert.ok(Math.abs(got - value) < 2e-6, `${got} is not ${value}`)
      }
    })
  }
}

test('SigLIP 2 tells which patches are picture and how many rows and columns they make', () => {
  const { extra } = processor('Siglip2', { max_num_patches: 24 }).process(sawteeth(120, 80))
  assert.deepEqual([...(extra?.spatial_shapes?.data ?? [])], [4n, 6n])
  const few = processor('Siglip2', { max_num_patches: 23 }).process(sawteeth(120, 80)).extra
  assert.deepEqual([...(few?.spatial_shapes?.data ?? [])].map(Number).join(), '4,5')
  assert.equal([...(few?.pixel_attention_mask?.data ?? [])].filter((one) => one === 1n).length, 20)
})

test('ImageGPT reads each pixel as the nearest of its colours', () => {
  const clusters = [
    [-1, -1, -1],
    [1, 1, 1],
    [1, -1, -1],
  ]
  const flat: Pixels = { width: 2, height: 1, channels: 3, data: Uint8Array.of(250, 9, 20, 200, 220, 190) }
  const { extra } = processor('ImageGPT', { clusters, size: { height: 1, width: 2 } }).process(flat)
  assert.deepEqual(
    [extra?.input_ids?.dims, [...(extra?.input_ids?.data ?? [])]],
    [
      [1, 2],
      [2n, 1n],
    ],
  )
})

test('Nougat shrinks by blocks that are no whole part of the page, in single precision', () => {
  const raw = { size: { height: 16, width: 12 }, do_resize: false, do_crop_margin: false, do_rescale: false }
  const nougat = processor('Nougat', { ...raw, do_normalize: false, do_pad: false })
  const { dims, data } = nougat.process(sawteeth(64, 96)).pixel_values
  assert.deepEqual(dims, [1, 3, 16, 10])
  assert.deepEqual(
    [7, 17, 27, 37].map((i) => data[320 + i]),
    [69, 86, 105, 123],
  )
})

test('a size as a list is height and width, and width and height for Donut', () => {
  const dims = (kind: string) => processor(kind, { size: [16, 24] }).process(sawteeth(30, 30)).pixel_values.dims
  assert.deepEqual(dims('ViT'), [1, 3, 16, 24])
  assert.deepEqual(dims('Donut'), [1, 3, 24, 16])
})

test('a step that is null is left out, and a class without a crop never crops', () => {
  const dims = (kind: string, raw: Json) => processor(kind, raw).process(sawteeth(30, 20)).pixel_values.dims
  assert.deepEqual(dims('ViT', { do_resize: null }), [1, 3, 20, 30])
  assert.deepEqual(dims('ViT', { size: 16, default_to_square: null }), [1, 3, 16, 24])
  assert.deepEqual(dims('CLIP', { do_resize: false, do_center_crop: null }), [1, 3, 20, 30])
  assert.deepEqual(dims('Detr', { do_resize: false, do_center_crop: true, crop_size: 8 }), [1, 3, 20, 30])
  assert.deepEqual(dims('Sam', { size: { longest_edge: 15 }, pad_size: null }), [1, 3, 10, 15])
})

test('DETR’s longer side has a limit where an old file gives the shorter one alone', () => {
  assert.deepEqual(processorConfig({ feature_extractor_type: 'DetrFeatureExtractor', size: 64 }).settings.size, {
    shortest_edge: 64,
    longest_edge: 1333,
  })
})
