/**
 * What the Python classes assume where a configuration says nothing, by class name without `ImageProcessor`.
 * Values are those of Transformers 5.18 with its Pillow backend.
 */

export type SizeSetting = Readonly<Record<string, number>>

export interface Settings {
  readonly do_resize: boolean
  readonly size: SizeSetting
  /** Pillow's number of the filter: 0 nearest, 1 lanczos, 2 bilinear, 3 bicubic, 4 box, 5 hamming. */
  readonly resample: number
  readonly do_center_crop: boolean
  /** Empty where the class has none of its own. */
  readonly crop_size: SizeSetting
  /** Null: the class resizes as if there were none, where it can. */
  readonly crop_pct: number | null
  readonly do_rescale: boolean
  readonly rescale_factor: number
  /** Subtracts 1 after rescaling. */
  readonly rescale_offset: boolean
  readonly do_normalize: boolean
  readonly image_mean: readonly number[]
  readonly image_std: readonly number[]
  readonly include_top: boolean
  readonly do_flip_channel_order: boolean
  readonly do_pad: boolean
  readonly pad_size: SizeSetting | null
  readonly size_divisor: number
  readonly keep_aspect_ratio: boolean
  readonly ensure_multiple_of: number
  readonly do_align_long_axis: boolean
  readonly do_thumbnail: boolean
  readonly do_crop_margin: boolean
  /** An old `size: 224` means a square; otherwise the shorter side. */
  readonly default_to_square: boolean
  /** Pixels of a patch; SigLIP 2, Pix2Struct. */
  readonly patch_size: number | SizeSetting
  /** How many patches SigLIP 2 makes. */
  readonly max_num_patches: number
  /** How many patches Pix2Struct makes. */
  readonly max_patches: number
  readonly do_color_quantize: boolean
  /** ImageGPT's colours. */
  readonly clusters: readonly (readonly number[])[] | null
  /** PP-LCNet's shorter side, before cropping. */
  readonly resize_short: number | null
  readonly limit_side_len: number
  /** Which side PaddleOCR's detectors limit: `max`, `min` or `resize_long`. */
  readonly limit_type: string
  readonly max_side_limit: number
}

const square = (side: number): SizeSetting => ({ height: side, width: side })
const short = (edge: number): SizeSetting => ({ shortest_edge: edge })
const HALF = { image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] }
const IMAGENET = { image_mean: [0.485, 0.456, 0.406], image_std: [0.229, 0.224, 0.225] }
const CLIP = { image_mean: [0.48145466, 0.4578275, 0.40821073], image_std: [0.26862954, 0.26130258, 0.27577711] }
const BILINEAR = { resample: 2 }
const BICUBIC = { resample: 3 }

export const GENERIC: Settings = {
  do_resize: true,
  size: square(224),
  ...BILINEAR,
  do_center_crop: false,
  crop_size: {},
  crop_pct: 1,
  do_rescale: true,
  rescale_factor: 1 / 255,
  rescale_offset: false,
  do_normalize: true,
  ...HALF,
  include_top: false,
  do_flip_channel_order: false,
  do_pad: false,
  pad_size: null,
  size_divisor: 0,
  keep_aspect_ratio: false,
  ensure_multiple_of: 1,
  do_align_long_axis: false,
  do_thumbnail: false,
  do_crop_margin: false,
  default_to_square: true,
  patch_size: 16,
  max_num_patches: 256,
  max_patches: 2048,
  do_color_quantize: false,
  clusters: null,
  resize_short: null,
  limit_side_len: 960,
  limit_type: 'max',
  max_side_limit: 4000,
}

const cropped = { do_center_crop: true, crop_size: square(224) }
const aspect = { default_to_square: false }
const clip = { ...BICUBIC, size: short(224), ...cropped, ...CLIP, ...aspect }
const detr = { size: { shortest_edge: 800, longest_edge: 1333 }, ...IMAGENET, do_pad: true, ...aspect }
const rtDetr = { size: square(640), ...IMAGENET, do_normalize: false }
const maskFormer = { ...detr, do_pad: true, size_divisor: 32 }
const video = { size: short(224), ...cropped, ...aspect }
const sam2 = { size: square(1024), ...IMAGENET }
const multiple = { ...BICUBIC, size: square(384) }
// PaddlePaddle's models take blue first; these are for red, green and blue.
const paddle = { image_mean: [0.406, 0.456, 0.485], image_std: [0.225, 0.224, 0.229] }
const document = { ...BICUBIC, size: square(800), image_mean: [0, 0, 0], image_std: [1, 1, 1] }
const tips = { size: square(448), do_normalize: false }
const vivit = { ...video, size: short(256), rescale_factor: 1 / 127.5, rescale_offset: true }
const page = { do_thumbnail: true, do_pad: true, ...BILINEAR }

export const DEFAULTS: Readonly<Record<string, Partial<Settings>>> = {
  ViT: {},
  DeiT: { ...BICUBIC, size: square(256), ...cropped },
  Beit: { ...BICUBIC, crop_size: square(224) },
  Bit: clip,
  CLIP: clip,
  ChineseCLIP: clip,
  DINOv3ViT: { ...IMAGENET },
  BridgeTower: {
    ...BICUBIC,
    size: short(288),
    do_center_crop: true,
    crop_size: short(288),
    ...CLIP,
    do_pad: true,
    size_divisor: 32,
    ...aspect,
  },
  ImageGPT: { size: square(256), do_color_quantize: true },
  TextNet: { ...IMAGENET, size: short(640), crop_size: square(224), size_divisor: 32, ...aspect },
  PPLCNet: { ...paddle, size: square(256), ...cropped, resize_short: 256, size_divisor: 1 },
  Siglip2: {},
  Pix2Struct: { patch_size: square(16) },
  Tipsv2: tips,
  Siglip: { ...BICUBIC, ...aspect },
  ConvNext: { ...BICUBIC, size: short(384), crop_pct: 224 / 256, ...aspect },
  MobileNetV1: { size: short(256), ...cropped, ...aspect },
  MobileNetV2: { size: short(256), ...cropped, ...aspect },
  MobileViT: {
    ...BICUBIC,
    size: short(224),
    do_center_crop: true,
    crop_size: square(256),
    do_normalize: false,
    do_flip_channel_order: true,
    ...aspect,
  },
  EfficientNet: { ...BICUBIC, size: square(346), crop_size: square(289), include_top: true },
  Levit: { ...BICUBIC, size: short(224), ...cropped, ...IMAGENET, ...aspect },
  PoolFormer: { ...BICUBIC, size: short(224), crop_pct: 0.9, ...cropped, ...IMAGENET, ...aspect },
  Pvt: { ...BICUBIC, ...IMAGENET },
  Perceiver: { ...BICUBIC, ...IMAGENET, do_center_crop: true, crop_size: square(256) },
  Flava: { ...BICUBIC, ...cropped, ...CLIP },
  Detr: detr,
  ConditionalDetr: detr,
  DeformableDetr: detr,
  GroundingDino: detr,
  Yolos: detr,
  RTDetr: rtDetr,
  RfDetr: detr,
  PPDocLayoutV2: document,
  PPDocLayoutV3: document,
  PPOCRV5ServerDet: { ...paddle, size: square(960) },
  MaskFormer: maskFormer,
  Mask2Former: maskFormer,
  OneFormer: detr,
  Eomt: { ...IMAGENET, size: { shortest_edge: 640, longest_edge: 640 }, ...aspect },
  Segformer: { ...IMAGENET, size: square(512) },
  Sapiens2: { ...IMAGENET, size: { height: 1024, width: 768 }, crop_size: square(224) },
  DPT: multiple,
  PromptDepthAnything: multiple,
  CHMv2: {
    ...multiple,
    do_resize: false,
    image_mean: [0.42, 0.411, 0.296],
    image_std: [0.213, 0.156, 0.143],
    do_pad: true,
    ensure_multiple_of: 16,
    keep_aspect_ratio: true,
    size_divisor: 16,
  },
  DepthPro: { size: square(1536) },
  Tipsv2Dpt: tips,
  GLPN: { size_divisor: 32, do_normalize: false },
  ZoeDepth: { size: { height: 384, width: 512 }, ensure_multiple_of: 1 / 32, keep_aspect_ratio: true, do_pad: true },
  OwlViT: { ...BICUBIC, size: square(768), crop_size: square(768), ...CLIP },
  Owlv2: { size: square(960), ...CLIP, do_pad: true },
  Sam: { size: { longest_edge: 1024 }, ...IMAGENET, do_pad: true, pad_size: square(1024) },
  Sam2: sam2,
  Sam3: { size: square(1008) },
  Vilt: { ...BICUBIC, size: short(384), size_divisor: 32, do_pad: true, ...aspect },
  Blip: { ...BICUBIC, size: square(384), ...CLIP },
  Donut: { ...page, size: { height: 2560, width: 1920 } },
  Nougat: { ...page, size: { height: 896, width: 672 }, do_crop_margin: true, ...IMAGENET },
  Swin2SR: { do_resize: false, do_normalize: false, do_pad: true, size_divisor: 8 },
  TimesformerVideo: { ...video, ...IMAGENET },
  VideoMAE: video,
  VideoMAEVideo: video,
  Vivit: vivit,
  VivitVideo: vivit,
  LlavaOnevisionVideo: { ...BICUBIC, size: square(384), ...CLIP, ...aspect },
  VJEPA2Video: { ...video, ...IMAGENET, crop_size: square(256) },
  LayoutLMv2: {},
  LayoutLMv3: {},
}
