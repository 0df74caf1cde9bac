/**
 * The image processors of Transformers, by configuration: turn, resize, crop, scale, normalise, pad; the arithmetic is
 * that of their Pillow backend, so the tensor is Python's to the last bit or within a rounding of float32.
 */

import { SpaceError } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import { toRgb } from '../media/image.ts'
import { type ImageProcessor, type Part, type Processed, type Size, tensor } from '../task.ts'
import type { ProcessorConfig } from './config.ts'
import type { Settings } from './defaults.ts'
import { centerCrop, cropMargin, padCentred, padSymmetric, rotateClockwise } from './geometry.ts'
import { processOwlv2 } from './owlv2.ts'
import { createScaler, type Scaling } from './planes.ts'
import { RESAMPLE, resize } from './resize.ts'
import {
  ceilTo,
  cutTo,
  floorTo,
  longestEdge,
  multipleOf,
  shortestEdge,
  shortestWithin,
  thumbnailSize,
  viltSize,
  within,
} from './sizes.ts'
import { centredWindow, resizeWindow, sourceOf, type Window } from './window.ts'
import { processZoeDepth } from './zoe-depth.ts'

/** A picture before scaling, and the size it had when it was resized. */
interface Prepared {
  readonly pixels: Pixels
  readonly resized: Size
}

/** Classes whose padding adds a mask of what is picture. */
const MASKED = new Set([
  'Detr',
  'ConditionalDetr',
  'DeformableDetr',
  'GroundingDino',
  'Yolos',
  'RTDetr',
  'MaskFormer',
  'Mask2Former',
  'OneFormer',
  'Vilt',
])

export function createImageProcessor(config: ProcessorConfig): ImageProcessor {
  const { kind, settings } = config
  if (kind === 'Owlv2') return custom(config, (picture) => processOwlv2(picture, settings))
  if (kind === 'ZoeDepth') return custom(config, (picture) => processZoeDepth(picture, settings))
  const scaler = createScaler(scalingOf(settings), settings.do_flip_channel_order)
  return {
    kind,
    config: { ...config.raw, ...settings },
    reads(picture) {
      const window = windowOf(kind, settings, picture)
      return window && sourceOf(picture, window)
    },
    process(pictures) {
      const list = asList(pictures)
      return assemble(
        kind,
        settings,
        list,
        list.map((picture) => prepare(kind, settings, picture)),
        scaler,
      )
    },
  }
}

const asList = (pictures: Pixels | readonly Pixels[]): readonly Pixels[] =>
  (Array.isArray(pictures) ? pictures : [pictures]).map((picture: Pixels) => toRgb(picture))

/** Processors that work in floating point from the start and give every picture the same size. */
function custom(
  { kind, settings, raw }: ProcessorConfig,
  planesOf: (picture: Pixels) => { data: Float32Array; size: Size },
): ImageProcessor {
  return {
    kind,
    config: { ...raw, ...settings },
    reads: () => null,
    process(pictures) {
      const list = asList(pictures)
      const made = list.map(planesOf)
      const { width, height } = sharedSize(made.map(({ size }) => size))
      const data = new Float32Array(made.length * 3 * width * height)
      for (const [index, { data: planes }] of made.entries()) data.set(planes, index * planes.length)
      return {
        pixel_values: tensor('float32', data, [made.length, 3, height, width]),
        originalSizes: list.map(sizeOf),
        resizedSizes: made.map(({ size }) => size),
      }
    },
  }
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height })
const wholeOf = (picture: Pixels | Part): Size => sizeOf('whole' in picture ? picture.whole : picture)

function scalingOf(settings: Settings): Scaling {
  const { do_rescale, rescale_factor, rescale_offset, do_normalize, image_mean, image_std, include_top } = settings
  return {
    factor: do_rescale ? rescale_factor : null,
    offset: do_rescale && rescale_offset ? -1 : 0,
    mean: do_normalize ? image_mean : null,
    std: do_normalize || include_top ? image_std : null,
    stdTwice: do_normalize && include_top,
  }
}

function prepare(kind: string, settings: Settings, picture: Pixels): Prepared {
  if (kind === 'Donut' || kind === 'Nougat') return preparePage(kind, settings, picture)
  if (kind === 'Swin2SR') return prepareSuperResolution(settings, picture)
  if (kind === 'Perceiver' && settings.do_center_crop) return prepareCropped(settings, picture)
  const window = windowOf(kind, settings, wholeOf(picture))
  const cut = window && resizeWindow(picture, window)
  if (cut) return { pixels: cut, resized: window.resized }
  const size = settings.do_resize ? targetSize(kind, settings, picture) : sizeOf(picture)
  const pixels = resize(picture, size.width, size.height, filterOf(settings))
  const crop = cropOf(kind, settings)
  return { pixels: crop ? centerCrop(pixels, crop.width, crop.height) : pixels, resized: size }
}

/** Kinds that do not resize first and crop then. */
const OWN_WAY = new Set(['Donut', 'Nougat', 'Swin2SR', 'Perceiver'])

/** What is cut out of the resized picture; null for the kinds that take it whole or have a way of their own. */
function windowOf(kind: string, settings: Settings, whole: Size): Window | null {
  if (OWN_WAY.has(kind) || !settings.do_resize) return null
  const crop = cropOf(kind, settings)
  return crop && centredWindow(targetSize(kind, settings, whole), crop, filterOf(settings))
}

const filterOf = ({ resample }: Settings) => RESAMPLE[resample] ?? 'bilinear'

function targetSize(kind: string, settings: Settings, picture: Size): Size {
  const { size, size_divisor, crop_pct } = settings
  const shortest = size.shortest_edge
  switch (kind) {
    case 'GLPN':
      return floorTo(picture, size_divisor)
    case 'Vilt':
      return viltSize(picture, shortest ?? 384, size_divisor)
    case 'Yolos':
      return cutTo(bySize(picture, settings), 16)
    case 'MaskFormer':
    case 'Mask2Former':
      return size_divisor > 0 ? ceilTo(bySize(picture, settings), size_divisor) : bySize(picture, settings)
    case 'DPT':
      return multipleOf(picture, box(size), settings.ensure_multiple_of, settings.keep_aspect_ratio)
    case 'Levit':
      return shortest === undefined ? box(size) : shortestEdge(picture, Math.trunc((256 / 224) * shortest))
    case 'PoolFormer':
      return enlargedBy(picture, size, crop_pct)
    case 'ConvNext': {
      const edge = shortest ?? box(size).height
      return edge < 384 ? shortestEdge(picture, Math.trunc(edge / crop_pct)) : { width: edge, height: edge }
    }
    default:
      return bySize(picture, settings)
  }
}

const box = ({ width, height, shortest_edge = 224 }: Settings['size']): Size => ({
  width: width ?? shortest_edge,
  height: height ?? shortest_edge,
})

function bySize(picture: Size, { size }: Settings): Size {
  const { shortest_edge: shortest, longest_edge: longest, max_width, max_height, width, height } = size
  if (shortest !== undefined && longest !== undefined) return shortestWithin(picture, shortest, longest)
  if (shortest !== undefined) return shortestEdge(picture, shortest)
  if (longest !== undefined) return longestEdge(picture, longest)
  if (max_width !== undefined && max_height !== undefined) return within(picture, max_width, max_height)
  if (width !== undefined && height !== undefined) return { width, height }
  throw new SpaceError('invalid-value', {
    path: 'image processor: size',
    expected: 'height and width, shortest_edge, longest_edge, or max_height and max_width',
    got: JSON.stringify(size),
  })
}

/** PoolFormer resizes to a larger picture than it crops to. */
function enlargedBy(picture: Size, size: Settings['size'], crop: number): Size {
  if (size.shortest_edge !== undefined) return shortestEdge(picture, Math.trunc(size.shortest_edge / crop))
  const { width, height } = box(size)
  if (width === height) return shortestEdge(picture, Math.trunc(height / crop))
  return { width: Math.trunc(width / crop), height: Math.trunc(height / crop) }
}

function cropOf(kind: string, settings: Settings): Size | null {
  if (kind === 'ConvNext') {
    const edge = settings.size.shortest_edge ?? box(settings.size).height
    return settings.do_resize && edge < 384 ? { width: edge, height: edge } : null
  }
  return settings.do_center_crop ? box(settings.crop_size) : null
}

/** Donut and Nougat: a page upright, shrunk into the frame and centred on black. */
function preparePage(kind: string, settings: Settings, picture: Pixels): Prepared {
  const frame = box(settings.size)
  const filter = filterOf(settings)
  let pixels = settings.do_crop_margin ? cropMargin(picture) : picture
  if (settings.do_align_long_axis && frame.width < frame.height !== pixels.width < pixels.height) {
    pixels = rotateClockwise(pixels)
  }
  const to = (size: Size, by = filter) => resize(pixels, size.width, size.height, by)
  if (settings.do_resize) pixels = to(shortestEdge(pixels, Math.min(frame.width, frame.height)))
  // Whatever its configuration says, Nougat shrinks with this filter.
  if (settings.do_thumbnail) pixels = to(thumbnailSize(pixels, frame), kind === 'Nougat' ? 'bicubic' : filter)
  const resized = sizeOf(pixels)
  return { pixels: settings.do_pad ? padCentred(pixels, frame.width, frame.height) : pixels, resized }
}

/** Perceiver cuts the middle out first, as the sizes are to each other, and resizes that. */
function prepareCropped(settings: Settings, picture: Pixels): Prepared {
  const [size, crop] = [box(settings.size), box(settings.crop_size)]
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
function prepareSuperResolution({ do_pad, size_divisor }: Settings, picture: Pixels): Prepared {
  const resized = sizeOf(picture)
  if (!do_pad) return { pixels: picture, resized }
  const next = (side: number) => (Math.floor(side / size_divisor) + 1) * size_divisor
  return { pixels: padSymmetric(picture, next(picture.width), next(picture.height)), resized }
}

function assemble(
  kind: string,
  settings: Settings,
  originals: readonly Pixels[],
  prepared: readonly Prepared[],
  scaler: ReturnType<typeof createScaler>,
): Processed {
  const sizes = prepared.map(({ pixels }) => sizeOf(pixels))
  const pads = settings.do_pad && (MASKED.has(kind) || kind === 'Sam' || kind === 'DPT')
  const frame = pads ? paddedSize(kind, settings, sizes) : sharedSize(sizes)
  const { width, height } = frame
  const plane = width * height
  const count = prepared.length
  const values = new Float32Array(count * 3 * plane)
  const offset = (size: Size) =>
    kind === 'DPT' ? Math.floor((height - size.height) / 2) * width + Math.floor((width - size.width) / 2) : 0
  for (const [index, { pixels }] of prepared.entries()) {
    scaler.write(pixels, values, index * 3 * plane + offset(pixels), width, plane)
  }
  const pixel_mask = pads && MASKED.has(kind) ? maskOf(sizes, frame) : undefined
  return {
    pixel_values: tensor('float32', values, [count, 3, height, width]),
    ...(pixel_mask ? { pixel_mask } : {}),
    originalSizes: originals.map(wholeOf),
    resizedSizes: prepared.map(({ resized }) => resized),
  }
}

function paddedSize(kind: string, { pad_size, size_divisor }: Settings, sizes: readonly Size[]): Size {
  const largest = {
    width: Math.max(...sizes.map(({ width }) => width)),
    height: Math.max(...sizes.map(({ height }) => height)),
  }
  if (kind === 'DPT') return size_divisor > 0 ? ceilTo(largest, size_divisor) : largest
  if (!pad_size) return largest
  const to = box(pad_size)
  return { width: Math.max(to.width, largest.width), height: Math.max(to.height, largest.height) }
}

function sharedSize(sizes: readonly Size[]): Size {
  const [first, ...rest] = sizes
  if (!first) {
    throw new SpaceError('invalid-value', { path: 'images', expected: 'at least one picture', got: 'an empty list' })
  }
  const other = rest.find(({ width, height }) => width !== first.width || height !== first.height)
  if (!other) return first
  throw new SpaceError('invalid-value', {
    path: 'images',
    expected: `pictures that all become ${first.width} x ${first.height}`,
    got: `one of ${other.width} x ${other.height}`,
    hint: 'Run them one by one: this processor does not pad.',
  })
}

function maskOf(sizes: readonly Size[], { width, height }: Size) {
  const plane = width * height
  const data = new BigInt64Array(sizes.length * plane)
  for (const [index, size] of sizes.entries()) {
    for (let y = 0; y < size.height; y++) {
      const row = index * plane + y * width
      data.fill(1n, row, row + size.width)
    }
  }
  return tensor('int64', data, [sizes.length, height, width])
}
