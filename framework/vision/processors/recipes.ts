/**
 * What the Python classes do differently beyond their values, by class name without `ImageProcessor`: how large a picture
 * becomes, whether it is cropped, how it is padded, and whose arithmetic resizes it.
 */

import type { Size } from '../task.ts'
import type { Settings } from './defaults.ts'
import {
  bridgeTowerSize,
  bySize,
  convNextSize,
  documentSize,
  generalSize,
  glpnSize,
  levitSize,
  maskFormerSize,
  multipleSize,
  poolFormerSize,
  samSize,
  scaledShortSide,
  textNetSize,
  vjepaSize,
  withinBox,
  yolosSize,
} from './size-rules.ts'
import { bounded } from './sizes.ts'

/** How pictures get one size, or a size that the model can take. */
export type Padding =
  /** To `pad_size` or the largest of the batch, to the right and the bottom, after normalising; where `do_pad` says so. */
  | 'frame'
  /** To the largest of the batch, whatever `pad_size` says. */
  | 'batch'
  /** Each on its own to a multiple of `size_divisor`, half on each side. */
  | 'multiple'
  /** To the square that `size` says, with black, before normalising. */
  | 'square'
  | 'none'

export interface Recipe {
  /** What a picture is resized to. */
  readonly size: (picture: Size, settings: Settings) => Size
  /** Whether `do_center_crop` counts. */
  readonly crops: boolean
  readonly padding: Padding
  /** Whether padding adds a mask of what is picture. */
  readonly masked: boolean
  /** Whose resizing it is: Pillow's, torch's of bytes, or torch's of numbers, with or without antialiasing. */
  readonly resizing: 'pillow' | 'torch' | 'torch-aliased' | 'floats' | 'floats-aliased'
  /** Whether what would be resized as numbers is resized as bytes where it is not rescaled. */
  readonly keepsBytes: boolean
  /** What the class does whatever its configuration says. */
  readonly always: Partial<Settings>
}

const plain: Recipe = {
  size: bySize,
  crops: true,
  padding: 'frame',
  masked: false,
  resizing: 'pillow',
  keepsBytes: false,
  always: {},
}
const recipe = (own: Partial<Recipe>): Recipe => ({ ...plain, ...own })

const unpadded = recipe({ padding: 'none' })
const uncropped = recipe({ crops: false, padding: 'none' })
const detection = recipe({ crops: false, masked: true })
const maskFormer = recipe({ ...detection, size: maskFormerSize, always: { do_pad: true } })
const depth = recipe({ size: multipleSize, crops: false, padding: 'multiple' })
const torch = recipe({ resizing: 'torch' })
const document = recipe({ resizing: 'torch-aliased' })

const RECIPES: Readonly<Record<string, Recipe>> = {
  Beit: unpadded,
  BridgeTower: recipe({ size: bridgeTowerSize, padding: 'batch', masked: true }),
  CHMv2: recipe({ ...depth, crops: true, resizing: 'torch' }),
  ConditionalDetr: detection,
  ConvNext: recipe({ size: convNextSize, padding: 'none' }),
  DINOv3ViT: recipe({ padding: 'none', resizing: 'floats', keepsBytes: true }),
  DPT: depth,
  DeformableDetr: detection,
  DepthPro: recipe({ crops: false, padding: 'none', resizing: 'floats-aliased' }),
  Detr: detection,
  Donut: unpadded,
  EfficientNet: unpadded,
  Eomt: recipe({ crops: false, padding: 'square' }),
  Flava: unpadded,
  GLPN: recipe({ size: glpnSize, crops: false, padding: 'none' }),
  Generic: recipe({ size: generalSize }),
  GroundingDino: detection,
  ImageGPT: uncropped,
  LayoutLMv2: recipe({
    crops: false,
    padding: 'none',
    always: { do_rescale: false, do_normalize: false, do_flip_channel_order: true },
  }),
  LayoutLMv3: uncropped,
  Levit: recipe({ size: levitSize }),
  LlavaOnevisionVideo: torch,
  Mask2Former: maskFormer,
  MaskFormer: maskFormer,
  MobileNetV2: unpadded,
  MobileViT: recipe({ padding: 'none', always: { do_normalize: false } }),
  Nougat: unpadded,
  OneFormer: recipe({ ...detection, padding: 'batch', always: { do_pad: true } }),
  Owlv2: uncropped,
  Perceiver: unpadded,
  PPDocLayoutV2: document,
  PPDocLayoutV3: document,
  PPLCNet: recipe({
    size: scaledShortSide,
    padding: 'none',
    resizing: 'torch',
    always: { do_flip_channel_order: true },
  }),
  PPOCRV5ServerDet: recipe({
    size: documentSize,
    crops: false,
    padding: 'none',
    resizing: 'floats',
    always: { do_flip_channel_order: true },
  }),
  Pix2Struct: uncropped,
  PoolFormer: recipe({ size: poolFormerSize }),
  PromptDepthAnything: depth,
  RTDetr: detection,
  RfDetr: recipe({ ...detection, resizing: 'floats-aliased', keepsBytes: true }),
  Sam: recipe({ size: samSize }),
  Sam2: torch,
  Sam3: torch,
  Sapiens2: recipe({ size: withinBox, padding: 'none', resizing: 'torch' }),
  Segformer: uncropped,
  Siglip2: uncropped,
  Swin2SR: recipe({ padding: 'none', always: { do_resize: false, do_normalize: false } }),
  TextNet: recipe({ size: textNetSize, padding: 'none' }),
  Tipsv2: torch,
  Tipsv2Dpt: torch,
  TimesformerVideo: torch,
  VideoMAE: unpadded,
  VideoMAEVideo: torch,
  Vilt: recipe({ ...detection, size: bridgeTowerSize, padding: 'batch' }),
  Vivit: unpadded,
  VivitVideo: torch,
  VJEPA2Video: recipe({ ...torch, size: vjepaSize }),
  Yolos: recipe({ ...detection, size: yolosSize }),
  ZoeDepth: uncropped,
}

export function recipeOf(kind: string): Recipe {
  const own = RECIPES[kind] ?? plain
  return { ...own, size: (picture, settings) => bounded(own.size(picture, settings), picture) }
}
