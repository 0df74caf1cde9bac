/** What each family of segmentation models can do with what its graph said. */

import type { Outputs, Session, Size, Tensor } from '../task.ts'
import { contestedInstances, detectedInstances, instanceSegments, queryInstances } from './instances.ts'
import { panopticSegments, type SegmentOptions } from './panoptic.ts'
import { type QueryMasks, queryMasks, queryScoreRows } from './queries.ts'
import type { Segment } from './segments.ts'
import type { ScoreRows } from './semantic.ts'

/** Absent: the family cannot do it. Segments have the size of the picture. */
export interface Segmenter {
  panoptic?(size: Size, options: SegmentOptions): Segment[]
  instance?(size: Size, options: SegmentOptions): Segment[]
  semantic?(): ScoreRows
}

/** How the picture was brought to the graph. */
export interface Framing {
  /** Python's name of the image processor, whose post-processing this is: `Mask2Former`, `Eomt`, … */
  readonly kind: string
  /** What EoMT's processor resizes to, padding included. */
  readonly padded: Size
  /** After resizing, before padding. */
  readonly resized: Size
}

/** Mask2Former's masks are brought to this size first, whatever the picture's. */
const MASK2FORMER_SIZE = { width: 384, height: 384 }

/** Null for graphs that give scores of pixels, not masks of queries. */
export function segmenterOf(session: Session, outputs: Outputs, framing: Framing): Segmenter | null {
  if (!('pred_masks' in outputs || 'masks_queries_logits' in outputs)) return null
  const { kind, padded, resized } = framing
  const logits = session.floats(outputs, 'class_queries_logits', 'logits')
  const masks = session.floats(outputs, 'masks_queries_logits', 'pred_masks')
  if (kind === 'RfDetr') return { instance: (size, options) => detectedInstances(logits, masks, size, options) }
  if (kind === 'Eomt') return eomt(logits, masks, padded, resized)
  if (kind === 'OneFormer') return oneFormer(queryMasks(logits, masks))
  const queries = queryMasks(logits, masks, kind === 'Mask2Former' ? { enlarge: MASK2FORMER_SIZE } : {})
  return {
    panoptic: (size, options) => panopticSegments(queries, size, options),
    instance(size, options) {
      if ('pred_masks' in outputs) return panopticSegments(queries, size, { ...options, label_ids_to_fuse: [] })
      return instanceSegments(queries, size, options.threshold)
    },
    // Conditional DETR has no logit for “nothing”: here, and only here, Python counts the last one as a class.
    semantic: () => queryScoreRows(queries, kind === 'ConditionalDetr' ? queries.classes + 1 : queries.classes),
  }
}

function oneFormer(queries: QueryMasks): Segmenter {
  return {
    panoptic: (size, options) =>
      panopticSegments(queries, size, options, { sigmoid: 'before', strict: false, smooth: true }),
    instance: (size, options) => contestedInstances(queries, size, options),
    semantic: () => queryScoreRows(queries),
  }
}

function eomt(logits: Tensor<'float32'>, masks: Tensor<'float32'>, padded: Size, resized: Size): Segmenter {
  const keep = { width: Math.min(resized.width, padded.width), height: Math.min(resized.height, padded.height) }
  const unpadded = queryMasks(logits, masks, { enlarge: padded, keep })
  return {
    panoptic: (size, options) => panopticSegments(unpadded, size, options, { sigmoid: 'after', strict: true }),
    instance: (size, { threshold }) => queryInstances(unpadded, size, threshold),
    semantic: () => queryScoreRows(queryMasks(logits, masks, { enlarge: padded })),
  }
}
