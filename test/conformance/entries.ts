/** Lists of things found in a picture: scores, labels, boxes and masks. */

import { join } from 'node:path'
import type { Box } from '../../framework/vision/heads/boxes.ts'
import type { Mask } from '../../framework/vision/heads/masks.ts'
import { openImage } from '../../framework/vision/media/open-image.ts'
import { type Comparison, Findings } from './comparer.ts'
import type { Case } from './record.ts'

/** As references have it: a mask is the name of a picture. */
interface Wanted {
  readonly score: number | null
  readonly label?: string | null
  readonly box?: Box
  readonly mask?: string
}

/** As tasks answer. */
export interface Found {
  readonly score: number | null
  readonly label?: string | null
  readonly box?: Box
  readonly mask?: Mask
}

const SIDES = ['xmin', 'ymin', 'xmax', 'ymax'] as const

/** In order; entries whose reference scores are closer than `tolerance.tie` may have swapped. */
export async function compareEntries(found: readonly Found[], { folder, reference }: Case): Promise<Comparison> {
  const { tolerance } = reference
  const wanted = reference.output as readonly Wanted[]
  const findings = new Findings()
  findings.equal('number of entries', found.length, wanted.length)
  const left = [...wanted]
  for (const [index, ours] of found.entries()) {
    const theirs = wanted[index]
    if (!theirs) break
    const partner = partnerOf(ours, theirs, left, tolerance)
    left.splice(left.indexOf(partner), 1)
    compareOne(findings, `entry ${index}`, ours, partner, tolerance)
    if (partner.mask !== undefined) {
      await compareMask(findings, `mask ${index}`, ours.mask, join(folder, partner.mask), tolerance.mask_pixels ?? 0)
    }
  }
  return findings.result
}

type Tolerance = Readonly<Record<string, number>>

function partnerOf(ours: Found, theirs: Wanted, left: readonly Wanted[], tolerance: Tolerance): Wanted {
  const tied = left.filter(
    ({ score }) => score !== null && Math.abs(score - (theirs.score ?? Number.NaN)) < (tolerance.tie ?? 0),
  )
  const fits = (one: Wanted) => {
    const findings = new Findings()
    compareOne(findings, '', ours, one, tolerance)
    return findings.result.problem === null
  }
  return tied.find(fits) ?? (left.includes(theirs) ? theirs : (left[0] ?? theirs))
}

function compareOne(findings: Findings, name: string, ours: Found, theirs: Wanted, tolerance: Tolerance): void {
  if ('label' in theirs) findings.equal(`label of ${name}`, ours.label, theirs.label)
  if (theirs.score === null || ours.score === null) findings.equal(`score of ${name}`, ours.score, theirs.score)
  else findings.within(`score of ${name}`, ours.score, theirs.score, tolerance.score ?? 1e-5)
  if (!theirs.box) return
  for (const side of SIDES) {
    findings.within(`${side} of ${name}`, ours.box?.[side] ?? Number.NaN, theirs.box[side], tolerance.box ?? 0)
  }
}

async function compareMask(findings: Findings, name: string, mask: Mask | undefined, file: string, pixels: number) {
  const { width, height, data } = await readGrey(file)
  findings.equal(`size of ${name}`, [mask?.width, mask?.height], [width, height])
  const differing = data.reduce((count, value, i) => (value === mask?.data[i] ? count : count + 1), 0)
  if (differing > pixels) findings.wrong(`${name} differs in ${differing} pixels`)
}

/** A grey picture, a byte for each pixel. */
export async function readGrey(file: string): Promise<Mask> {
  const { width, height, data } = await (await openImage(file)).rgb()
  return { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => data[3 * i] as number) }
}
