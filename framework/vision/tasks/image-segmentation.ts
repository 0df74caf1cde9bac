/**
 * Which pixels belong to what: `pipe(image, options)` -> `[{ score, label, mask }]`, masks at the picture's size.
 * Semantic segmentation has an entry for each class that some pixel has, in the order of the classes, with the score null.
 */

import { expected } from '#core/errors.ts'
import { CallOptions } from '../arguments.ts'
import { pictureFeeds, runGraph } from '../feeds.ts'
import { instanceSegments } from '../heads/instances.ts'
import { type Mask, maskAbove } from '../heads/masks.ts'
import { panopticSegments } from '../heads/panoptic.ts'
import { foreground } from '../heads/picture.ts'
import { type QueryMasks, queryMasks, queryScoreRows } from '../heads/queries.ts'
import { classMap, classMasks, type ScoreRows, scoreRows } from '../heads/semantic.ts'
import { defineTask, type Model, type Outputs, type Session, type Size } from '../task.ts'

export interface SegmentedPart {
  readonly score: number | null
  readonly label: string
  readonly mask: Mask
}

const SUBTASKS = ['panoptic', 'instance', 'semantic'] as const
type Subtask = (typeof SUBTASKS)[number]

export interface ImageSegmentationOptions {
  /** Default: the first of panoptic, instance and semantic that the model can do. */
  subtask?: Subtask
  /** Segments with this score or less are left out. Default 0.9. */
  threshold?: number
  /** From which probability a pixel counts as part of a mask. Default 0.5. */
  mask_threshold?: number
  /** Segments are dropped of which others have taken all but this part. Default 0.5. */
  overlap_mask_area_threshold?: number
  /** Classes, by number, whose panoptic segments become one. */
  label_ids_to_fuse?: readonly number[]
}

export default defineTask({
  task: 'image-segmentation',
  async open(model) {
    const [session, processor] = await Promise.all([model.session(), model.processor()])
    return {
      async run([image, given], context): Promise<SegmentedPart[]> {
        const settings = readSettings(given)
        const pixels = await context.pixels(image)
        const processed = await context.time('preprocess', () => processor.process(pixels))
        const outputs = await runGraph(session, pictureFeeds(session, processed), context)
        const { width, height } = pixels
        return context.time('postprocess', () => segments(model, session, outputs, { width, height }, settings))
      },
    }
  },
})

type Settings = ReturnType<typeof readSettings>

function readSettings(given: unknown) {
  const options = new CallOptions(given)
  const fuse = options.get('label_ids_to_fuse') ?? []
  if (!Array.isArray(fuse) || !fuse.every(Number.isInteger)) {
    throw expected('label_ids_to_fuse', 'a list of class numbers', fuse)
  }
  return {
    subtask: options.oneOf('subtask', SUBTASKS),
    threshold: options.number('threshold', 0.9),
    mask_threshold: options.number('mask_threshold', 0.5),
    overlap_mask_area_threshold: options.number('overlap_mask_area_threshold', 0.5),
    label_ids_to_fuse: fuse as number[],
  }
}

function segments(model: Model, session: Session, outputs: Outputs, size: Size, settings: Settings): SegmentedPart[] {
  const queries = readQueries(model, session, outputs)
  const subtask = settings.subtask ?? (queries ? 'panoptic' : 'semantic')
  if (!queries) {
    if (subtask !== 'semantic') throw onlySemantic(subtask)
    return semantic(model, session, outputs, size)
  }
  if (subtask === 'semantic') return byClass(model, queryScoreRows(queries), size)
  const found =
    subtask === 'instance' && !('pred_masks' in outputs)
      ? instanceSegments(queries, size, settings.threshold)
      : panopticSegments(queries, size, subtask === 'instance' ? { ...settings, label_ids_to_fuse: [] } : settings)
  return found.map(({ label, score, mask }) => ({ score, label: model.label(label), mask }))
}

/** Mask2Former's masks are brought to this size first, whatever the picture's. */
const MASK2FORMER_SIZE = { width: 384, height: 384 }

function readQueries(model: Model, session: Session, outputs: Outputs): QueryMasks | null {
  if ('pred_masks' in outputs) {
    return queryMasks(session.floats(outputs, 'logits'), session.floats(outputs, 'pred_masks'))
  }
  if (!('masks_queries_logits' in outputs)) return null
  const logits = session.floats(outputs, 'class_queries_logits')
  const masks = session.floats(outputs, 'masks_queries_logits')
  return queryMasks(logits, masks, model.config.model_type === 'mask2former' ? MASK2FORMER_SIZE : undefined)
}

function semantic(model: Model, session: Session, outputs: Outputs, size: Size): SegmentedPart[] {
  const logits = session.floats(outputs, 'logits', session.outputs[0]?.name ?? 'logits')
  if (logits.dims.length !== 4) {
    throw model.broken(session.file, `expected scores [1, classes, height, width], got [${logits.dims.join(', ')}]`)
  }
  if (logits.dims[1] !== 1) return byClass(model, scoreRows(logits), size)
  // One channel is no choice between classes but a mask of one.
  return [{ score: null, label: model.label(0), mask: maskAbove(foreground(logits, size), 0.5) }]
}

function byClass(model: Model, scores: ScoreRows, size: Size): SegmentedPart[] {
  return classMasks(classMap(scores, size), size).map(({ label, mask }) => ({
    score: null,
    label: model.label(label),
    mask,
  }))
}

const onlySemantic = (subtask: Subtask) => expected('subtask', 'semantic, the only one that this model can do', subtask)
