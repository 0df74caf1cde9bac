/** A whole space from the name of a task and a model. */

import { Image, JSON, Label, Slider, Text } from '../components/index.ts'
import { SpaceError } from './core/errors.ts'
import type { Field, Fields } from './core/field.ts'
import type { Classification } from './core/media.ts'
import { nearest } from './core/nearest.ts'
import { type Context, type Page, type Space, space } from './core/space.ts'

export interface FromPipelineOptions {
  title?: string
  /** Markdown. */
  summary?: string
  /** Rows to try, by the names of the inputs; pictures by path, relative to the space file. */
  examples?: readonly Readonly<Record<string, unknown>>[]
  /** Which weights: `fp32`, `fp16`, `q8`, … Default: full precision, or the only ones the model has. */
  dtype?: string
  /** Branch, tag or commit of a model on the Hub. Default `main`. */
  revision?: string
}

/** What the page of a task shows, and how a form becomes a call. */
interface TaskPage {
  readonly title: string
  readonly action: string
  readonly inputs: () => Fields
  readonly outputs: () => Fields
  readonly live?: boolean
  /** Whether the answer is shown while it is made. */
  readonly grows?: boolean
  /** The arguments of the pipeline's call, options last. */
  args(inputs: Inputs): readonly unknown[]
  answer(result: never): Record<string, unknown>
}
// biome-ignore lint/suspicious/noExplicitAny: which inputs there are, each row of the table knows of itself
type Inputs = Record<string, any>

const image = () => Image({ label: 'Image' })
/** A classifier's answer is always a list, though `Label` takes more. */
type Labels = Field<
  'label',
  { given: readonly Classification[]; taken: readonly Classification[]; sample: never; event: 'select' }
>
const labelled = (label: string) => Label({ label }) as unknown as Labels
const labels = () => ({ labels: labelled('Labels') })
const asLabels = (result: never) => ({ labels: result })
const asList = (text: string) =>
  text
    .split(',')
    .map((label) => label.trim())
    .filter(Boolean)
const candidates = () => Text({ label: 'Candidate labels', hint: 'separated by commas', initial: 'cat, dog, car' })

const PAGES = {
  'image-classification': {
    title: 'Image classification',
    action: 'Classify',
    live: true,
    inputs: () => ({
      image: image(),
      top_k: Slider({ label: 'Labels to show', min: 1, max: 20, step: 1, initial: 5 }),
    }),
    outputs: labels,
    args: ({ image, top_k }) => [image, { top_k }],
    answer: asLabels,
  },
  'zero-shot-image-classification': {
    title: 'Zero-shot image classification',
    action: 'Classify',
    inputs: () => ({ image: image(), candidate_labels: candidates() }),
    outputs: labels,
    args: ({ image, candidate_labels }) => [image, asList(candidate_labels), {}],
    answer: asLabels,
  },
  'visual-question-answering': {
    title: 'Visual question answering',
    action: 'Answer',
    inputs: () => ({ image: image(), question: Text({ label: 'Question' }) }),
    outputs: () => ({ answers: labelled('Answers') }),
    args: ({ image, question }) => [image, question, {}],
    // A model that writes its answer gives no score.
    answer: (result: { answer: string; score?: number }[]) => ({
      answers: result.map(({ answer, score = 1 }) => ({ label: answer, score })),
    }),
  },
  'depth-estimation': {
    title: 'Depth estimation',
    action: 'Estimate',
    live: true,
    inputs: () => ({ image: image() }),
    outputs: () => ({ depth: Image({ label: 'Depth', format: 'png' }) }),
    args: ({ image }) => [image, {}],
    answer: ({ depth }: { depth: unknown }) => ({ depth }),
  },
  'image-to-image': {
    title: 'Image to image',
    action: 'Transform',
    inputs: () => ({ image: image() }),
    outputs: () => ({ result: Image({ label: 'Result' }) }),
    args: ({ image }) => [image, {}],
    answer: (result) => ({ result }),
  },
  'background-removal': {
    title: 'Background removal',
    action: 'Cut out',
    live: true,
    inputs: () => ({ image: image() }),
    outputs: () => ({ cutout: Image({ label: 'Cut-out', format: 'png' }) }),
    args: ({ image }) => [image, {}],
    answer: (cutout) => ({ cutout }),
  },
  'image-to-text': {
    title: 'Image to text',
    action: 'Describe',
    grows: true,
    inputs: () => ({ image: image() }),
    outputs: () => ({ text: Text({ label: 'Text', lines: 3 }) }),
    args: ({ image }) => [image, {}],
    answer: (result: { generated_text: string }[]) => ({
      text: result.map(({ generated_text }) => generated_text).join('\n'),
    }),
  },
  'object-detection': {
    title: 'Object detection',
    action: 'Detect',
    inputs: () => ({
      image: image(),
      threshold: Slider({ label: 'Score at least', min: 0, max: 1, step: 0.01, initial: 0.5 }),
    }),
    outputs: () => ({ objects: JSON({ label: 'Objects' }) }),
    args: ({ image, threshold }) => [image, { threshold }],
    answer: (objects) => ({ objects }),
  },
} as const satisfies Readonly<Record<string, TaskPage>>

/** The tasks that {@link fromPipeline} has a page for. */
export const PIPELINE_PAGES = Object.keys(PAGES) as readonly PipelinePage[]
export type PipelinePage = keyof typeof PAGES

/** The space that a task becomes, with its inputs and outputs by name. */
export type PipelineSpace<T extends PipelinePage> = Space<
  ReturnType<(typeof PAGES)[T]['inputs']>,
  ReturnType<(typeof PAGES)[T]['outputs']>
>

/**
 * A space around one model: `export default fromPipeline('image-classification', './model')`.
 * @param task - a task of Hugging Face's, one of {@link PIPELINE_PAGES}.
 * @param model - a model folder, relative to the space file, or the id of a repository on the Hub.
 * @throws SpaceError `task-unsupported` where there is no page for the task.
 */
export function fromPipeline<T extends PipelinePage>(
  task: T,
  model: string,
  options: FromPipelineOptions = {},
): PipelineSpace<T> {
  const page: TaskPage | undefined = Object.hasOwn(PAGES, task) ? PAGES[task] : undefined
  if (!page)
    throw new SpaceError('task-unsupported', { task, known: PIPELINE_PAGES, hint: nearest(task, PIPELINE_PAGES) })
  const { title, summary, examples, ...loading } = options
  const answer = async (inputs: Inputs, { shared: call, signal }: Context<Call>, more: object = {}) => {
    const args = [...page.args(inputs)]
    const last = args.pop() as object
    return page.answer((await call(...args, { ...last, signal, ...more })) as never)
  }
  const grow = async function* (inputs: Inputs, context: Context<Call>) {
    const { streamed } = await import('./vision/streamed.ts')
    return yield* streamed((onProgress) => {
      const told: typeof onProgress = (fraction, note, partial) =>
        onProgress(fraction, note, partial && page.answer(partial as never))
      return answer(inputs, context, { onProgress: told })
    })
  }
  const declaration = {
    title: title ?? page.title,
    summary: summary ?? `Runs \`${model}\`.`,
    inputs: page.inputs(),
    outputs: page.outputs(),
    action: page.action,
    live: page.live ?? false,
    examples: examples ?? [],
    setup: async () => {
      const { pipeline } = await import('./vision/index.ts')
      return (await pipeline(task as never, model, loading as never)) as unknown as Call
    },
    run: page.grows ? grow : async (inputs: Inputs, context: Context<Call>) => answer(inputs, context),
  }
  const made: unknown = space(
    declaration as unknown as Page<Fields, Fields, Call> & { run: () => Record<string, unknown> },
  )
  return made as PipelineSpace<T>
}

type Call = (...args: unknown[]) => Promise<unknown>
