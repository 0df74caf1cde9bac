/** Pictures of answers against those of references. */

import type { Image } from '../../framework/core/media.ts'
import { openImage } from '../../framework/vision/media/open-image.ts'
import type { Findings } from './comparer.ts'
import { type Case, fileOf } from './record.ts'

interface PictureLimits {
  /** Steps of 0..255 in each of red, green, blue and alpha. */
  readonly tolerance: number
  /** Of the answer, where the reference may be larger to the right and below. */
  readonly size?: readonly number[] | undefined
}

/** @param output - the reference: the name of a picture, or `{ image }` */
export async function comparePicture(
  findings: Findings,
  of: Case,
  answer: Image,
  output: unknown,
  { tolerance, size }: PictureLimits,
): Promise<void> {
  const name = typeof output === 'string' ? output : (output as { image?: unknown } | null)?.image
  if (typeof name !== 'string') throw new Error('expected.json: expected the name of a picture in output.image')
  const [ours, theirs] = await Promise.all([
    answer.pixels(),
    openImage(fileOf(of, name)).then((image) => image.pixels()),
  ])
  findings.equal('size', [ours.width, ours.height], size ?? [theirs.width, theirs.height])
  for (let y = 0; y < ours.height; y++) {
    for (let i = 0; i < ours.width * 4; i++) {
      const wanted = theirs.data[y * theirs.width * 4 + i] ?? Number.NaN
      findings.within(`row ${y}`, ours.data[y * ours.width * 4 + i] as number, wanted, tolerance)
    }
  }
}
