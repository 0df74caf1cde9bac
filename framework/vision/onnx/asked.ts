/** What a head knows of the call beside the outputs. */

import { expected } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import type { Frame } from './declaration.ts'

/** The picture that was asked about, and where it lies in the input. */
export interface Asked {
  readonly frame: Frame
  readonly pixels: Pixels
}

export function wanted(asked: Asked | null, kind: string): Asked {
  if (asked) return asked
  throw expected('picture', `how a picture becomes the input, as the head “${kind}” answers in its pixels`, undefined)
}
