/** Segment Anything asked at a grid of points: every mask worth keeping. */

import type { Pixels } from '#core/media.ts'
import type { CallOptions } from '../arguments.ts'
import { runGraph } from '../feeds.ts'
import { crop as cropPixels } from '../media/transforms.ts'
import { type Feeds, type Session, type Size, type TaskContext, throwIfCancelled } from '../task.ts'
import type { Corners } from './boxes.ts'
import { extentOf, type Mask, type PackedMask, pack, unpack } from './masks.ts'
import { nonMaximumSuppression } from './nms.ts'
import {
  type Crop,
  cropsOf,
  endsWithCrop,
  type Frame,
  gridFrame,
  type MeasuredMask,
  measuredMask,
  type Point,
  placed,
  pointGrid,
} from './sam.ts'
import { promptFeeds } from './sam-prompts.ts'

export type GridOptions = ReturnType<typeof readGridOptions>

export function readGridOptions(options: CallOptions) {
  const whole = (name: string, fallback: number, min: number, max: number) =>
    options.number(name, fallback, { min, max, integer: true })
  return {
    pointsPerBatch: whole('points_per_batch', 64, 1, 4096),
    pointsPerSide: whole('points_per_crop', 32, 1, 256),
    layers: whole('crops_n_layers', 0, 0, 4),
    overlap: options.number('crop_overlap_ratio', 512 / 1500, { min: 0 }),
    pointsDivisor: options.number('crop_n_points_downscale_factor', 1, { min: 1 }),
    minScore: options.number('pred_iou_thresh', 0.88),
    minStability: options.share('stability_score_thresh', 0.95),
    stabilityOffset: options.number('stability_score_offset', 1),
    maskThreshold: options.number('mask_threshold', 0),
    maxOverlap: options.share('crops_nms_thresh', 0.7),
  }
}

export interface KeptMask {
  readonly score: number
  readonly mask: Mask
}

interface Graphs {
  encode(pixels: Pixels, context: TaskContext): Promise<{ feeds: Feeds; frame: Frame }>
  readonly decoder: Session
  readonly context: TaskContext
}

/** Hundreds of masks may wait for their rivals; most go away again. */
interface Found {
  readonly score: number
  readonly mask: PackedMask
  /** In the picture: first and last column and row. */
  readonly extent: Corners
}

/**
 * Best first. Masks are dropped that the model thinks little of, that change much with the threshold, that end where
 * their crop ends, or whose extent overlaps a better one's.
 */
export async function everyMask(pixels: Pixels, options: GridOptions, graphs: Graphs): Promise<KeptMask[]> {
  const crops = cropsOf(pixels, options.layers, options.overlap)
  const found: Found[] = []
  for (const [index, crop] of crops.entries()) {
    const report = (part: number) => graphs.context.onProgress((index + part) / crops.length)
    found.push(...(await masksIn(crop, pixels, options, graphs, report)))
  }
  return graphs.context.time('postprocess', () => {
    const scores = found.map(({ score }) => score)
    const extents = found.map(({ extent }) => extent)
    return nonMaximumSuppression(extents, scores, options.maxOverlap).map((index) => {
      const { score, mask } = found[index] as Found
      return { score, mask: unpack(mask) }
    })
  })
}

async function masksIn(
  crop: Crop,
  pixels: Pixels,
  options: GridOptions,
  { encode, decoder, context }: Graphs,
  report: (part: number) => void,
): Promise<Found[]> {
  const { feeds, frame } = await encode(await cut(pixels, crop), context)
  const side = Math.max(1, Math.trunc(options.pointsPerSide / options.pointsDivisor ** crop.layer))
  const points = pointGrid(side, frame.original)
  const grid = gridFrame(frame)
  const thresholds = { threshold: options.maskThreshold, offset: options.stabilityOffset }
  const found: Found[] = []
  for (let start = 0; start < points.length; start += options.pointsPerBatch) {
    throwIfCancelled(context.signal)
    const batch = points.slice(start, start + options.pointsPerBatch).map((point): Point[] => [point])
    const prompts = { points: batch, labels: batch.map(() => [1]), boxes: null }
    const outputs = await runGraph(decoder, { ...feeds, ...promptFeeds(prompts, grid) }, context)
    const scores = decoder.floats(outputs, 'iou_scores').data
    const logits = decoder.floats(outputs, 'pred_masks')
    await context.time('postprocess', () => {
      for (const [index, score] of scores.entries()) {
        if (options.minScore > 0 && !(score > Math.fround(options.minScore))) continue
        const mask = keep(measuredMask(logits, index, frame, thresholds), crop, pixels, options)
        if (mask) found.push({ score, ...mask })
      }
    })
    report(Math.min(1, (start + batch.length) / points.length))
  }
  return found
}

async function cut(pixels: Pixels, { layer, area: [left, top, right, bottom] }: Crop): Promise<Pixels> {
  if (layer === 0) return pixels
  return cropPixels(pixels, { left, top, width: right - left, height: bottom - top })
}

function keep(
  { mask, stability }: MeasuredMask,
  { area }: Crop,
  picture: Size,
  { minStability }: GridOptions,
): { mask: PackedMask; extent: Corners } | null {
  if (minStability > 0 && !(stability > Math.fround(minStability))) return null
  const extent = extentOf(mask)
  const size = { width: picture.width, height: picture.height }
  if (endsWithCrop(extent, area, size)) return null
  const [left, top] = area
  const moved: Corners = [extent[0] + left, extent[1] + top, extent[2] + left, extent[3] + top]
  return { mask: pack(placed(mask, area, size)), extent: moved }
}
