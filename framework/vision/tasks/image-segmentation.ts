/**
 * Which pixels belong to what: `pipe(image, options)` -> `[{ score, label, mask }]`, masks at the picture's size.
 * Semantic segmentation has an entry for each class that some pixel has, in the order of the classes, with the score null.
 */

import { expected } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import { CallOptions } from '../arguments.ts'
import { pictureFeeds, runGraph } from '../feeds.ts'
import { type Mask, maskAbove } from '../heads/masks.ts'
import { mergedScores, patchesOf } from '../heads/patches.ts'
import { foreground } from '../heads/picture.ts'
import { type Framing, type Segmenter, segmenterOf } from '../heads/segmenter.ts'
import { classMap, classMasks, type ScoreRows, scoreRows } from '../heads/semantic.ts'
import type { Settings } from '../processors/defaults.ts'
import { openFitted } from '../processors/fit.ts'
import { RESAMPLE, resize } from '../processors/resize.ts'
import { bySize } from '../processors/size-rules.ts'
import {
  defineTask,
  type Feeds,
  type ImageProcessor,
  type Model,
  type Outputs,
  type Session,
  type Size,
  type TaskContext,
} from '../task.ts'
import { openTokenizer, type Tokenizer } from '../text/tokenizer.ts'

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
  /** `[[height, width]]` of the masks. Default: the size of the picture. */
  target_sizes?: readonly (readonly [height: number, width: number])[]
}

export default defineTask({
  task: 'image-segmentation',
  async open(model) {
    const { session, processor } = await openFitted(model)
    const tokenizer = session.wants('task_inputs') ? await openTokenizer(model) : null
    const opened = { model, session, processor }
    const splits = processor.kind === 'Eomt' && processor.config.do_split_image === true
    return {
      async run([image, given], context): Promise<SegmentedPart[]> {
        const settings = readSettings(given)
        const pixels = await context.pixels(image)
        const size = settings.size ?? { width: pixels.width, height: pixels.height }
        if (splits && (settings.subtask ?? 'semantic') === 'semantic') {
          const scores = await patchScores(opened, pixels, context)
          return context.time('postprocess', () => byClass(opened, scores, size))
        }
        const feeds = tokenizer ? taskFeeds(model, tokenizer, settings.subtask ?? 'panoptic') : {}
        const { outputs, framing } = await ask(opened, pixels, feeds, context)
        return context.time('postprocess', () => segments(opened, outputs, framing, size, settings))
      },
    }
  },
})

interface Opened {
  readonly model: Model
  readonly session: Session
  readonly processor: ImageProcessor
}

async function ask({ session, processor }: Opened, pixels: Pixels, feeds: Feeds, context: TaskContext) {
  const processed = await context.time('preprocess', () => processor.process(pixels))
  const outputs = await runGraph(session, { ...pictureFeeds(session, processed), ...feeds }, context)
  const [height = 0, width = 0] = processed.pixel_values.dims.slice(-2)
  const { shortest_edge = height, longest_edge = shortest_edge } = (processor.config as unknown as Settings).size
  const framing: Framing = {
    kind: processor.kind,
    padded: { width: longest_edge, height: shortest_edge },
    resized: processed.resizedSizes[0] ?? { width, height },
  }
  return { outputs, framing }
}

/** OneFormer is told in words what it is to do, padded with the tokenizer's own token as Python's pipeline does. */
function taskFeeds({ config }: Model, tokenizer: Tokenizer, subtask: Subtask): Feeds {
  const length = typeof config.task_seq_len === 'number' ? config.task_seq_len : 77
  const { input_ids } = tokenizer.batch([`the task is ${subtask}`], { padding: 'max', maxLength: length })
  return { task_inputs: input_ids }
}

/** EoMT for semantic segmentation is asked about squares of the picture, one after the other. */
async function patchScores(opened: Opened, pixels: Pixels, context: TaskContext): Promise<ScoreRows> {
  const settings = opened.processor.config as unknown as Settings
  const size = bySize(pixels, settings)
  const patches = await context.time('preprocess', () => {
    const resized = resize(pixels, size.width, size.height, RESAMPLE[settings.resample] ?? 'bilinear')
    return patchesOf(resized, Math.min(size.width, size.height))
  })
  const scores: ScoreRows[] = []
  for (const patch of patches) {
    const { outputs, framing } = await ask(opened, patch, {}, context)
    scores.push(segmenterOf(opened.session, outputs, framing)?.semantic?.() ?? pixelScores(opened, outputs))
  }
  return mergedScores(scores, size)
}

/** @throws SpaceError `model-broken` where the graph gives no scores of pixels */
function pixelScores({ model, session }: Opened, outputs: Outputs): ScoreRows {
  const logits = session.floats(outputs, 'logits', session.outputs[0]?.name ?? 'logits')
  if (logits.dims.length === 4) return scoreRows(logits)
  throw model.broken(session.file, `expected scores [1, classes, height, width], got [${logits.dims.join(', ')}]`)
}

type CallSettings = ReturnType<typeof readSettings>

function readSettings(given: unknown) {
  const options = new CallOptions(given)
  const fuse = options.get('label_ids_to_fuse') ?? []
  if (!Array.isArray(fuse) || !fuse.every(Number.isInteger)) {
    throw expected('label_ids_to_fuse', 'a list of class numbers', fuse)
  }
  return {
    subtask: options.oneOf('subtask', SUBTASKS),
    threshold: options.share('threshold', 0.9),
    // A logit for instances, where Python takes any number.
    mask_threshold: options.number('mask_threshold', 0.5),
    overlap_mask_area_threshold: options.share('overlap_mask_area_threshold', 0.5),
    label_ids_to_fuse: fuse as number[],
    size: targetSize(options.get('target_sizes')),
  }
}

function targetSize(given: unknown): Size | null {
  if (given === undefined) return null
  const [sides] = Array.isArray(given) && given.length === 1 ? given : []
  const isSize = Array.isArray(sides) && sides.length === 2 && sides.every((side) => Number.isInteger(side) && side > 0)
  if (!isSize) throw expected('target_sizes', '[[height, width]] in whole pixels', given)
  return { width: sides[1], height: sides[0] }
}

function segments(
  opened: Opened,
  outputs: Outputs,
  framing: Framing,
  size: Size,
  settings: CallSettings,
): SegmentedPart[] {
  const { model, session } = opened
  const queried = segmenterOf(session, outputs, framing)
  const segmenter: Segmenter = queried ?? { semantic: () => pixelScores(opened, outputs) }
  const able = SUBTASKS.filter((subtask) => subtask in segmenter)
  const subtask = settings.subtask ?? able[0] ?? 'semantic'
  if (subtask === 'semantic') {
    const scores = segmenter.semantic?.()
    if (scores)
      return !queried && scores.classes === 1 ? onlyClass(opened, outputs, size) : byClass(opened, scores, size)
  } else {
    const found = segmenter[subtask]?.(size, settings)
    if (found) return found.map(({ label, score, mask }) => ({ score, label: model.label(label), mask }))
  }
  throw expected('subtask', able.join(' or '), subtask)
}

/** One channel is no choice between classes but a mask of one. */
function onlyClass({ model, session }: Opened, outputs: Outputs, size: Size): SegmentedPart[] {
  const logits = session.floats(outputs, 'logits', session.outputs[0]?.name ?? 'logits')
  return [{ score: null, label: model.label(0), mask: maskAbove(foreground(logits, size), 0.5) }]
}

function byClass({ model }: Opened, scores: ScoreRows, size: Size): SegmentedPart[] {
  return classMasks(classMap(scores, size), size).map(({ label, mask }) => ({
    score: null,
    label: model.label(label),
    mask,
  }))
}
