/** Any ONNX graph, with a declared preprocessing and head; see `onnx/onnx.ts`. */

import type { Pixels } from '#core/media.ts'
import { checkFeeds } from '../onnx/check.ts'
import type { DeclaredHead, Frame, PictureInput } from '../onnx/declaration.ts'
import { answer } from '../onnx/heads.ts'
import { prepare } from '../onnx/prepare.ts'
import { defineTask, type Feeds, type Model, type Session, type TaskContext } from '../task.ts'

/** What the caller's side sends along. */
export interface OnnxOptions {
  /** File name without `.onnx`. */
  readonly base: string
  readonly picture: PictureInput | null
  /** Null: the caller wants the outputs. */
  readonly head: DeclaredHead | null
}

export default defineTask({
  task: 'onnx',
  async open(model, given) {
    const { base, picture, head } = given as unknown as OnnxOptions
    const session = await model.session(base)
    const port = picture ? inputFor(model, session, picture) : null
    return {
      async run([first, options], context) {
        const extra = (picture ? (options as { feeds?: unknown } | undefined)?.feeds : first) ?? {}
        checkFeeds(extra)
        const made = picture && port ? await feedPicture(first, picture, port, context) : null
        const feeds: Feeds = made && port ? { ...extra, [port.name]: made.values } : extra
        const outputs = await context.time('run', () => session.run(feeds, { signal: context.signal }))
        const frame = made?.frame ?? null
        if (!head) return { outputs, frame }
        return context.time('postprocess', () => answer(head, outputs, session, frame))
      },
    }
  },
})

function inputFor(model: Model, session: Session, { input }: PictureInput) {
  const port = session.inputs.find(({ name, dims }) => (input === undefined ? dims.length === 4 : name === input))
  if (port) return port
  const has = session.inputs.map(({ name }) => `“${name}”`).join(', ')
  throw model.broken(
    session.file,
    `it has no input ${input === undefined ? 'for a picture' : `“${input}”`}, but ${has}`,
  )
}

async function feedPicture(
  image: unknown,
  picture: PictureInput,
  port: Session['inputs'][number],
  context: TaskContext,
) {
  const pixels: Pixels = await context.pixels(image)
  return context.time('preprocess', (): ReturnType<typeof prepare> & { frame: Frame } => prepare(pixels, picture, port))
}
