/** A whole space from the name of a task and a model. */

import type { Fields } from './core/field.ts'
import { type Context, type Page, type Space, space } from './core/space.ts'
import { type Inputs, PAGES, type TaskPage } from './pipeline-pages.ts'
import { taskUnsupported } from './vision/elsewhere.ts'

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
  if (!page) throw taskUnsupported(task, PIPELINE_PAGES)
  const { title, summary, examples, ...loading } = options
  const answer = async (inputs: Inputs, { shared: call, signal }: Context<Call>, more: object = {}) => {
    const args = [...page.args(inputs)]
    const last = args.pop() as object
    return page.answer((await call(...args, { ...last, signal, ...more })) as never)
  }
  const grow = async function* (inputs: Inputs, context: Context<Call>) {
    const { streamed } = await import('./vision/streamed.ts')
    return yield* streamed((onProgress) => {
      const told: typeof onProgress = (fraction, note, partial) => {
        if (page.slow) context.progress(fraction, note)
        onProgress(fraction, note, partial && page.answer(partial as never))
      }
      return answer(inputs, context, { onProgress: told })
    })
  }
  const once = (inputs: Inputs, context: Context<Call>) =>
    answer(inputs, context, page.slow ? { onProgress: context.progress } : {})
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
    run: page.grows ? grow : once,
  }
  const made: unknown = space(
    declaration as unknown as Page<Fields, Fields, Call> & { run: () => Record<string, unknown> },
  )
  return made as PipelineSpace<T>
}

type Call = (...args: unknown[]) => Promise<unknown>
