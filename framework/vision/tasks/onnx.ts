/** Any ONNX graph, with a declared preprocessing and head; see `onnx/onnx.ts`. */

import { createImage } from '../media/open-image.ts'
import { checkFeeds } from '../onnx/check.ts'
import type { PictureInput } from '../onnx/declaration.ts'
import type { DeclaredHead } from '../onnx/head-kinds.ts'
import { answer } from '../onnx/heads.ts'
import { withRange } from '../onnx/image.ts'
import { prepare } from '../onnx/prepare.ts'
import { inTiles } from '../onnx/tiles.ts'
import { defineTask, type Feeds, type Model, type Port, type Session, type TaskContext, type Tensor } from '../task.ts'

/** What an author declared of a graph; it comes with every call, as JSON. */
export interface DeclaredGraph {
  readonly picture: PictureInput | null
  /** Further pictures, by the names of their inputs. */
  readonly pictures: Readonly<Record<string, PictureInput>>
  /** Null: the caller wants the outputs. */
  readonly head: DeclaredHead | null
}

/** Declarations of one graph that are kept as read. */
const MOST_KNOWN = 64

export default defineTask({
  task: 'onnx',
  async open(model, { base }) {
    const session = await model.session(base as string)
    const known = new Map<string, Declared>()
    const declaredBy = (said: string) => {
      const declared = known.get(said) ?? readDeclaration(model, session, said)
      if (known.size >= MOST_KNOWN) known.clear()
      known.set(said, declared)
      return declared
    }
    return {
      /** Without inputs, only the declaration is looked at. */
      async run([said, ...inputs], context) {
        const { picture, port, others, head } = declaredBy(said as string)
        if (inputs.length === 0) return null
        const [first, options] = inputs
        const extra = (picture ? (options as { feeds?: unknown } | undefined)?.feeds : first) ?? {}
        const feeds = await readFeeds(extra, others, context)
        if (picture?.fit === 'tiles' && port && head?.kind === 'image') {
          const run = async (values: Tensor) => {
            const outputs = await context.time('run', () =>
              session.run({ ...feeds, [port.name]: values }, { signal: context.signal }),
            )
            return session.floats(outputs, head.output ?? session.outputs[0]?.name ?? '')
          }
          return createImage(
            await inTiles(await context.pixels(first), picture, withRange(head, session), port, context, run),
          )
        }
        const made = picture && port ? await feedPicture(first, picture, port, 'image', context) : null
        const all = made && port ? { ...feeds, [port.name]: made.values } : feeds
        const outputs = await context.time('run', () => session.run(all, { signal: context.signal }))
        if (!head) return { outputs, frame: made?.frame ?? null }
        return context.time('postprocess', () => answer(head, outputs, session, made))
      },
    }
  },
})

type Declared = ReturnType<typeof readDeclaration>

function readDeclaration(model: Model, session: Session, said: string) {
  const { picture, pictures, head } = JSON.parse(said) as DeclaredGraph
  return {
    picture,
    port: picture ? inputFor(model, session, picture.input) : null,
    others: Object.entries(pictures).map(([name, spec]) => ({ spec, port: inputFor(model, session, name) })),
    head,
  }
}

/** The input of this name; without one, the first that looks like a picture. */
function inputFor(model: Model, session: Session, input: string | undefined): Port {
  const { inputs } = session
  const port =
    input === undefined
      ? ([4, 3].map((rank) => inputs.find(({ dims }) => dims.length === rank)).find(Boolean) ?? soleInput(inputs))
      : inputs.find(({ name }) => name === input)
  if (port) return port
  const has = inputs.map(({ name }) => `“${name}”`).join(', ')
  throw model.broken(
    session.file,
    `it has no input ${input === undefined ? 'for a picture' : `“${input}”`}, but ${has}`,
  )
}

/** A graph that says nothing of its only input's dimensions. */
const soleInput = (inputs: readonly Port[]) =>
  inputs.length === 1 && inputs[0]?.dims.length === 0 ? inputs[0] : undefined

async function readFeeds(
  given: unknown,
  pictures: readonly { spec: PictureInput; port: Port }[],
  context: TaskContext,
): Promise<Feeds> {
  const names = new Set(pictures.map(({ port }) => port.name))
  const values = (typeof given === 'object' && given !== null ? given : {}) as Readonly<Record<string, unknown>>
  const tensors =
    pictures.length === 0 ? given : Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)))
  checkFeeds(tensors)
  const made = await Promise.all(
    pictures.map(async ({ spec, port }) => {
      const { values: tensor } = await feedPicture(values[port.name], spec, port, `feeds.${port.name}`, context)
      return [port.name, tensor] as const
    }),
  )
  return { ...tensors, ...Object.fromEntries(made) }
}

async function feedPicture(image: unknown, spec: PictureInput, port: Port, path: string, context: TaskContext) {
  const pixels = await context.pixels(image, path)
  return context.time('preprocess', () => ({ ...prepare(pixels, spec, port), pixels }))
}
