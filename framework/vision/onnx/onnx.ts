/** Third-party graphs in a few lines: any ONNX file with a declared preprocessing and head. */

import { existsSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { expected, SpaceError } from '#core/errors.ts'
import { resolveFromFolder } from '../base-dir.ts'
import type { ImageInput } from '../media/open-image.ts'
import { shownName } from '../model-folder.ts'
import { type Callable, createCallable } from '../pipeline.ts'
import { checkOptions, type PlacementOptions, readPlacement } from '../placement.ts'
import type { CallOptions } from '../runtime/open-task.ts'
import { acquire } from '../runtime/pool.ts'
import type { Feeds, Outputs } from '../task.ts'
import { checkDeclaration } from './check.ts'
import type { DeclaredHead, Frame, HeadAnswer, HeadFunction, PictureInput } from './declaration.ts'

export interface OnnxDeclaration<P extends PictureInput | undefined = PictureInput | undefined>
  extends PlacementOptions {
  /** How a picture becomes an input. Left out: the graph takes tensors by name. */
  picture?: P
}

/** Inputs beside the picture, by name. */
type PictureCallOptions = CallOptions & { readonly feeds?: Feeds }

interface PictureCall<Answer> {
  (image: ImageInput, options?: PictureCallOptions): Promise<Answer>
  (images: readonly ImageInput[], options?: PictureCallOptions): Promise<Answer[]>
}
type TensorCall<Answer> = (feeds: Feeds, options?: CallOptions) => Promise<Answer>

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
  file: string,
  declaration: OnnxDeclaration<P> & { /** What the outputs mean. */ head: H },
): Promise<OnnxModel<HeadAnswer<H>, P>>
/** With a head of one's own: what it gives is the answer. */
export function onnx<T, const P extends PictureInput | undefined = undefined>(
  file: string,
  declaration: OnnxDeclaration<P> & { /** Runs on the caller's thread. */ head: HeadFunction<T> },
): Promise<OnnxModel<Awaited<T>, P>>
/** Without a head: the answer is the outputs, and where the picture lies in the input. */
export function onnx<const P extends PictureInput | undefined = undefined>(
  file: string,
  declaration?: OnnxDeclaration<P>,
): Promise<OnnxModel<RawAnswer, P>>
export async function onnx(
  file: string,
  declaration: OnnxDeclaration & { head?: DeclaredHead | HeadFunction<unknown> } = {},
): Promise<unknown> {
  if (typeof file !== 'string') throw expected('file', 'the path of an ONNX file', file)
  checkOptions(declaration)
  const path = resolveFromFolder(file)
  const id = shownName(file)
  if (!path.endsWith('.onnx')) {
    throw new SpaceError('model-missing', { model: id, reason: 'an ONNX file ends in .onnx' })
  }
  if (!existsSync(path)) throw new SpaceError('model-missing', { model: id, reason: 'there is no such file' })
  const { picture = null, head } = declaration
  checkDeclaration(picture, head)
  const declared = typeof head === 'function' ? null : (head ?? null)
  const lease = await acquire({
    task: 'onnx',
    model: { id, folder: dirname(path) },
    options: { base: basename(path, '.onnx'), picture, head: declared },
    ...readPlacement(declaration),
    pin: false,
  })
  const finish =
    typeof head === 'function'
      ? (answer: unknown) => {
          const { outputs, frame } = answer as RawAnswer
          return head(outputs, frame)
        }
      : undefined
  return createCallable('onnx', lease, () => picture !== null, finish)
}
