/**
 * The image processors of Transformers, by configuration: turn, resize, crop, scale, normalise, pad; the arithmetic is
 * that of their Pillow backend (of their torchvision backend for the classes that have no other), so the tensor is
 * Python's to the last bit or within a rounding of float32.
 */

import type { Pixels } from '#core/media.ts'
import { toRgb } from '../media/image.ts'
import { type ImageProcessor, type Part, type Processed, type Size, tensor } from '../task.ts'
import { assemble, frameOf, type Prepared } from './assemble.ts'
import { colourWords } from './colour-clusters.ts'
import type { ProcessorConfig } from './config.ts'
import type { Settings } from './defaults.ts'
import { processFloats } from './float-processor.ts'
import { centerCrop, padSymmetric, place } from './geometry.ts'
import { processOwlv2 } from './owlv2.ts'
import { preparePage } from './pages.ts'
import { processFlattened, processNaflex } from './patches.ts'
import { createScaler, type Scaling } from './planes.ts'
import { type Recipe, recipeOf } from './recipes.ts'
import { RESAMPLE, resize } from './resize.ts'
import { boxOf, innerCrop } from './size-rules.ts'
import { resizeBytes } from './torch-resize.ts'
import { centredWindow, resizeWindow, sourceOf, type Window } from './window.ts'
import { processZoeDepth } from './zoe-depth.ts'

export function createImageProcessor(config: ProcessorConfig): ImageProcessor {
  const { kind } = config
  const recipe = recipeOf(kind)
  const settings: Settings = { ...config.settings, ...recipe.always }
  const own = wholeWay(kind, settings, recipe)
  if (own) return described(config, () => null, own)
  const scaling = { ...scalingOf(settings), fused: recipe.resizing.startsWith('torch') }
  const scaler = createScaler(scaling, settings.do_flip_channel_order)
  const prepare = (picture: Pixels) => (PREPARE[kind] ?? prepareUsual)(picture, settings, recipe, kind)
  const reads = (picture: Size) => {
    const window = windowOf(kind, settings, recipe, picture)
    return window && sourceOf(picture, window)
  }
  return described(config, reads, (pictures) => {
    const processed = assemble(recipe, settings, pictures.map(wholeOf), pictures.map(prepare), scaler)
    return kind === 'ImageGPT' && settings.do_color_quantize && settings.clusters
      ? { ...processed, extra: colourWords(processed.pixel_values, settings.clusters) }
      : processed
  })
}

type Process = (pictures: readonly Pixels[]) => Omit<Processed, 'originalSizes'>

function described(
  { kind, raw, settings }: ProcessorConfig,
  reads: ImageProcessor['reads'],
  process: Process,
): ImageProcessor {
  return {
    kind,
    config: { ...raw, ...settings },
    reads,
    process(pictures) {
      const list = (Array.isArray(pictures) ? pictures : [pictures]).map((picture: Pixels) => toRgb(picture))
      return { ...process(list), originalSizes: list.map(wholeOf) }
    },
  }
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height })
const wholeOf = (picture: Pixels | Part): Size => sizeOf('whole' in picture ? picture.whole : picture)

/** Classes that give something else than planes. */
const PATCHES: Readonly<Record<string, (pictures: readonly Pixels[], settings: Settings) => ReturnType<Process>>> = {
  Pix2Struct: processFlattened,
  Siglip2: (pictures, settings) => processNaflex(pictures, settings, scalingOf(settings)),
}

type PlanesOf = (picture: Pixels, settings: Settings) => { data: Float32Array; size: Size; resized?: Size }

/** Classes that work in floating point from the start, each in its own way. */
const FLOATS: Readonly<Record<string, PlanesOf>> = { Owlv2: processOwlv2, ZoeDepth: processZoeDepth }

/** The whole way of the classes that never have bytes of one size; null for the others. */
function wholeWay(kind: string, settings: Settings, recipe: Recipe): Process | null {
  const patches = PATCHES[kind]
  if (patches) return (pictures) => patches(pictures, settings)
  const usual: PlanesOf = (picture) => processFloats(recipe, picture, settings)
  const planesOf = FLOATS[kind] ?? (recipe.resizing.startsWith('floats') ? usual : null)
  return planesOf && inFloats(recipe, settings, planesOf)
}

/** Planes of floats, padded with zeros to the right and the bottom. */
function inFloats(recipe: Recipe, settings: Settings, planesOf: PlanesOf): Process {
  return (pictures) => {
    const made = pictures.map((picture) => planesOf(picture, settings))
    const { frame, mask } = frameOf(
      recipe,
      settings,
      made.map(({ size }) => size),
    )
    const { width, height } = frame
    const data = new Float32Array(made.length * 3 * width * height)
    for (const [index, { data: planes, size }] of made.entries()) {
      for (let row = 0; row < 3 * size.height; row++) {
        const plane = 3 * index + Math.floor(row / size.height)
        const source = planes.subarray(row * size.width, (row + 1) * size.width)
        data.set(source, (plane * height + (row % size.height)) * width)
      }
    }
    return {
      pixel_values: tensor('float32', data, [made.length, 3, height, width]),
      ...mask,
      resizedSizes: made.map(({ size, resized }) => resized ?? size),
    }
  }
}

function scalingOf(settings: Settings): Scaling {
  const { do_rescale, rescale_factor, rescale_offset, do_normalize, image_mean, image_std, include_top } = settings
  // The scaler takes channels in the order of the result.
  const ordered = (values: readonly number[]) => (settings.do_flip_channel_order ? [...values].reverse() : values)
  return {
    factor: do_rescale ? rescale_factor : null,
    offset: do_rescale && rescale_offset ? -1 : 0,
    mean: do_normalize ? ordered(image_mean) : null,
    std: do_normalize || include_top ? ordered(image_std) : null,
    stdTwice: do_normalize && include_top,
  }
}

type Prepare = (picture: Pixels, settings: Settings, recipe: Recipe, kind: string) => Prepared

/** Classes that do not resize first and crop then. */
const PREPARE: Readonly<Record<string, Prepare>> = {
  Donut(picture, settings, recipe, kind) {
    const { pixels, resized } = preparePage(kind, settings, picture)
    return { pixels: cropped(pixels, cropsOf(kind, settings, recipe), recipe), resized }
  },
  Nougat: (picture, settings, _, kind) => preparePage(kind, settings, picture),
  Perceiver: preparePerceiver,
  Swin2SR: prepareSuperResolution,
}

function prepareUsual(picture: Pixels, settings: Settings, recipe: Recipe, kind: string): Prepared {
  const window = windowOf(kind, settings, recipe, wholeOf(picture))
  const cut = window && resizeWindow(picture, window)
  if (cut) return { pixels: cut, resized: window.resized }
  const size = settings.do_resize ? recipe.size(picture, settings) : sizeOf(picture)
  const resized = resizedBy(recipe, picture, size, settings)
  const pixels = cropped(resized, cropsOf(kind, settings, recipe), recipe)
  return { pixels: recipe.padding === 'square' && settings.do_pad ? onSquare(pixels, settings) : pixels, resized: size }
}

function resizedBy({ resizing }: Recipe, picture: Pixels, size: Size, settings: Settings): Pixels {
  return resizing === 'pillow'
    ? resize(picture, size.width, size.height, filterOf(settings))
    : resizeBytes(picture, size, settings.resample, resizing === 'torch')
}

/** What is cut out of the resized picture; null for the kinds that take it whole or have a way of their own. */
function windowOf(kind: string, settings: Settings, recipe: Recipe, whole: Size): Window | null {
  if (kind in PREPARE || recipe.resizing !== 'pillow' || !settings.do_resize) return null
  const [crop, second] = cropsOf(kind, settings, recipe)
  return crop && !second ? centredWindow(recipe.size(whole, settings), crop, filterOf(settings)) : null
}

const filterOf = ({ resample }: Settings) => RESAMPLE[resample] ?? 'bilinear'

function cropsOf(kind: string, settings: Settings, recipe: Recipe): readonly Size[] {
  const inner = innerCrop(kind, settings)
  const outer = recipe.crops && settings.do_center_crop ? boxOf(settings.crop_size) : null
  return [inner, outer].filter((crop) => crop !== null)
}

const cropped = (pixels: Pixels, crops: readonly Size[], { resizing }: Recipe): Pixels =>
  crops.reduce<Pixels>(
    (from, { width, height }) => centerCrop(from, width, height, resizing === 'pillow' ? 'ceil' : 'floor'),
    pixels,
  )

/** EoMT sets what is too small into black. */
function onSquare(pixels: Pixels, { size }: Settings): Pixels {
  const [height, width] = [size.shortest_edge ?? 0, size.longest_edge ?? size.shortest_edge ?? 0]
  return place(pixels, Math.max(width, pixels.width), Math.max(height, pixels.height), 0, 0)
}

/** Perceiver cuts the middle out first, as the sizes are to each other, and resizes that. */
function preparePerceiver(picture: Pixels, settings: Settings, recipe: Recipe, kind: string): Prepared {
  if (!settings.do_center_crop) return prepareUsual(picture, settings, recipe, kind)
  const [size, crop] = [boxOf(settings.size), boxOf(settings.crop_size)]
  const side = Math.min(picture.width, picture.height)
  const cut = centerCrop(
    picture,
    Math.trunc((size.width / crop.width) * side),
    Math.trunc((size.height / crop.height) * side),
  )
  const pixels = settings.do_resize ? resize(cut, size.width, size.height, filterOf(settings)) : cut
  return { pixels, resized: sizeOf(pixels) }
}

/** Swin2SR pads by a whole block even where the size is divisible already. */
function prepareSuperResolution(picture: Pixels, { do_pad, size_divisor }: Settings): Prepared {
  const resized = sizeOf(picture)
  if (!do_pad || size_divisor === 0) return { pixels: picture, resized }
  const next = (side: number) => (Math.floor(side / size_divisor) + 1) * size_divisor
  return { pixels: padSymmetric(picture, next(picture.width), next(picture.height)), resized }
}
