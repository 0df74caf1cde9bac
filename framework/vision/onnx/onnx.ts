/** Third-party graphs in a few lines: any ONNX file with a declared preprocessing and head. */

import { statSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { expected, SpaceError } from '#core/errors.ts'
import { isRecord } from '../arguments.ts'
import { pathFromUrl, resolveFromFolder } from '../base-dir.ts'
import type { ImageInput } from '../media/open-image.ts'
import { shownName } from '../model-folder.ts'
import { type Callable, createCallable } from '../pipeline.ts'
import { checkOptions, type PlacementOptions, readPlacement } from '../placement.ts'
import type { CallOptions } from '../runtime/call-options.ts'
import { acquire } from '../runtime/pool.ts'
import type { Outputs, Tensor } from '../task.ts'
import { refuseStray } from '../task-options.ts'
import type { DeclaredGraph } from '../tasks/onnx.ts'
import { checkDeclaration, checkKeys } from './check.ts'
import type { Frame, PictureInput } from './declaration.ts'
import type { DeclaredHead, Exact, HeadAnswer, HeadFunction } from './head-kinds.ts'

export interface OnnxDeclaration<P extends PictureInput | undefined = PictureInput | undefined>
  extends PlacementOptions {
  /** How a picture becomes an input. Left out: the graph takes its inputs by name. */
  picture?: P & { readonly [K in Exclude<keyof P, keyof PictureInput>]: never }
  /** How further pictures become inputs, by the names of those inputs; a call gives them among its `feeds`. */
  pictures?: Readonly<Record<string, Omit<PictureInput, 'input'>>>
  /** Inputs that are the same for every call; a call's own `feeds` come before. */
  feeds?: OnnxFeeds
  /** Never unloads the graph, however long nobody calls. Default false. */
  pin?: boolean
}

const KEYS = ['picture', 'pictures', 'feeds', 'head', 'pin', 'workers', 'providers', 'device']

/** Tensors by the names of inputs; pictures for those that `pictures` declares. */
export type OnnxFeeds = Readonly<Record<string, Tensor | ImageInput | undefined>>

/** Inputs beside the picture, by name. */
type PictureCallOptions = CallOptions & { readonly feeds?: OnnxFeeds }

interface PictureCall<Answer> {
  (image: ImageInput, options?: PictureCallOptions): Promise<Answer>
  (images: readonly ImageInput[], options?: PictureCallOptions): Promise<Answer[]>
}
type TensorCall<Answer> = (feeds: OnnxFeeds, options?: CallOptions) => Promise<Answer>

/** An open graph: called with a picture where it declares one, else with tensors by name. */
export type OnnxModel<Answer, P> = Callable & (P extends PictureInput ? PictureCall<Answer> : TensorCall<Answer>)

interface RawAnswer {
  outputs: Outputs
  frame: Frame | null
}

/**
 * Opens one ONNX file (relative to the space's file). It runs in a worker like every pipeline.
 *
 * @example
 * const detect = await onnx('./yolox_nano.onnx', {
 *   picture: { fit: 'letterbox', pad: 114, channels: 'bgr', scale: 1 },
 *   head: { kind: 'yolox', labels, threshold: 0.3 },
 * })
 * const [{ label, score, box }] = await detect('street.jpg')
 *
 * @throws SpaceError `model-missing` where there is no such file, `model-broken` where it is no graph or lacks the input
 */
export function onnx<const H extends DeclaredHead, const P extends PictureInput | undefined = undefined>(
  file: string | URL,
  declaration: OnnxDeclaration<P> & { /** What the outputs mean. */ head: Exact<H> },
): Promise<OnnxModel<HeadAnswer<H>, P>>
/** With a head of one's own: what it gives is the answer. */
export function onnx<T, const P extends PictureInput | undefined = undefined>(
  file: string | URL,
  declaration: OnnxDeclaration<P> & { /** Runs on the caller's thread. */ head: HeadFunction<T> },
): Promise<OnnxModel<Awaited<T>, P>>
/** Without a head: the answer is the outputs, and where the picture lies in the input. */
export function onnx<const P extends PictureInput | undefined = undefined>(
  file: string | URL,
  declaration?: OnnxDeclaration<P>,
): Promise<OnnxModel<RawAnswer, P>>
export async function onnx(
  file: string | URL,
  declaration: OnnxDeclaration & { head?: DeclaredHead | HeadFunction<unknown> } = {},
): Promise<unknown> {
  const name = pathFromUrl(file)
  if (typeof name !== 'string') throw expected('file', 'the path of an ONNX file', file)
  checkOptions(declaration)
  checkKeys(declaration, KEYS, 'onnx')
  const path = resolveFromFolder(name)
  const id = shownName(name)
  const missing = (reason: string) =>
    new SpaceError('model-missing', { model: id, reason, hint: 'Give the path of an ONNX file.' })
  if (!path.endsWith('.onnx')) throw missing('an ONNX file ends in .onnx')
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw missing('there is no such file')
  const { picture = null, pictures = {}, feeds = {}, head, pin = false } = declaration
  if (typeof pin !== 'boolean') throw expected('pin', 'true or false', pin)
  checkDeclaration(picture, head, pictures)
  if (typeof feeds !== 'object' || feeds === null) throw expected('feeds', 'tensors by the names of inputs', feeds)
  const declared: DeclaredGraph = { picture, pictures, head: typeof head === 'function' ? null : (head ?? null) }
  // One text is sent faster than many labels.
  const said = JSON.stringify(declared, leaveOutNull)
  const lease = await acquire({
    task: 'onnx',
    model: { id, folder: dirname(path) },
    // This file and no other, whatever stands beside it; loaded once, however many declarations there are of it.
    options: { base: basename(path, '.onnx'), subfolder: '', dtype: 'fp32' },
    ...readPlacement(declaration),
    pin,
  })
  try {
    await lease.call([said], {})
  } catch (error) {
    await lease.release()
    throw error
  }
  const finish =
    typeof head === 'function'
      ? (answer: unknown) => {
          const { outputs, frame } = answer as RawAnswer
          return head(outputs, frame)
        }
      : undefined
  return createCallable('onnx', lease, {
    spreads: () => picture !== null,
    check: ([, options]) => {
      if (isRecord(options)) refuseStray('the call', options, [...(picture ? ['feeds'] : []), 'signal', 'onProgress'])
    },
    arrange: ([first, options]) =>
      picture === null
        ? [said, withFeeds(feeds, first)]
        : [said, first, { ...(options as object), feeds: withFeeds(feeds, (options as PictureCallOptions)?.feeds) }],
    ...(finish ? { finish } : {}),
  })
}

/** What is no record of feeds stays as it is, to be refused by its name. */
function withFeeds(declared: OnnxFeeds, given: unknown): unknown {
  if (given === undefined || given === null) return declared
  return isRecord(given) ? { ...declared, ...given } : given
}

/** Null says the same as leaving a part out, but for `top_k`, where it means all. */
const leaveOutNull = (name: string, value: unknown): unknown => {
  if (name === 'top_k') return value
  return value === null ? undefined : value
}
