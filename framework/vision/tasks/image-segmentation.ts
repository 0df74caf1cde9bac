/**
 * `pipe(image, { subtask, threshold = 0.9, mask_threshold = 0.5, overlap_mask_area_threshold = 0.5 })`
 * -> `[{ score, label, mask }]`, masks at the picture's size.
 *
 * Without `subtask` the first of panoptic, instance and semantic that the model can do. Semantic segmentation has an
 * entry for each class that some pixel has, in the order of the classes, with the score null.
 * `label_ids_to_fuse` names the classes whose panoptic segments become one.
 */

import { expected } from '#core/errors.ts'
import { CallOptions } from '../arguments.ts'
import { pictureFeeds } from '../feeds.ts'
import type { Mask } from '../heads/masks.ts'
import { instanceSegments, panopticSegments, type QueryMasks, queryMasks, queryScoreRows } from '../heads/queries.ts'
import { classMap, classMasks, type ScoreRows, scoreRows } from '../heads/semantic.ts'
import { defineTask, type Model, type Outputs, type Session, type Size } from '../task.ts'

export interface SegmentedPart {
  readonly score: number | null
  readonly label: string
  readonly mask: Mask
}

const SUBTASKS = ['panoptic', 'instance', 'semantic'] as const
type Subtask = (typeof SUBTASKS)[number]

export default defineTask({
  task: 'image-segmentation',
  async open(model) {
    const [session, processor] = await Promise.all([model.session(), model.processor()])
    return {
      async run([image, given], context): Promise<SegmentedPart[]> {
        const settings = readSettings(given)
        const pixels = await context.pixels(image)
        const processed = await context.time('preprocess', () => processor.process(pixels))
        const outputs = await session.run(pictureFeeds(session, processed), context)
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
    return semantic(model, scoreRows(session.floats(outputs, 'logits')), size)
  }
  if (subtask === 'semantic') return semantic(model, queryScoreRows(queries), size)
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

function semantic(model: Model, scores: ScoreRows, size: Size): SegmentedPart[] {
  return classMasks(classMap(scores, size), size).map(({ label, mask }) => ({
    score: null,
    label: model.label(label),
    mask,
  }))
}

const onlySemantic = (subtask: Subtask) => expected('subtask', 'semantic, the only one that this model can do', subtask)
