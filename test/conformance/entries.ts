/** Lists of things found in a picture: scores, labels, boxes and masks. */

import type { Box } from '../../framework/vision/heads/boxes.ts'
import type { Mask } from '../../framework/vision/heads/masks.ts'
import { openImage } from '../../framework/vision/media/open-image.ts'
import { type Comparison, Findings, listOf, tieOf } from './comparer.ts'
import { type Case, fileOf } from './record.ts'

/** As references have it: a mask is the name of a picture, or only its area is told. */
interface Wanted {
  readonly score?: number | null
  readonly label?: string | null
  readonly box?: Box | readonly number[]
  readonly mask?: string
  readonly area?: number
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
export async function compareEntries(found: readonly Found[], of: Case): Promise<Comparison> {
  const { tolerance, output } = of.reference
  const wanted = listOf<Wanted>(output)
  const findings = new Findings()
  findings.equal('number of entries', found.length, wanted.length)
  const left = [...wanted]
  for (const [index, ours] of found.entries()) {
    const theirs = wanted[index]
    if (!theirs) break
    const partner = partnerOf(ours, theirs, left, tolerance)
    left.splice(left.indexOf(partner), 1)
    compareOne(findings, `entry ${index}`, ours, partner, tolerance)
    const pixels = tolerance.mask_pixels ?? 0
    if (partner.mask !== undefined)
      await compareMask(findings, `mask ${index}`, ours.mask, fileOf(of, partner.mask), pixels)
    else if (partner.area !== undefined) compareArea(findings, `area of mask ${index}`, ours.mask, partner.area, pixels)
  }
  return findings.result
}

type Tolerance = Readonly<Record<string, number>>

function partnerOf(ours: Found, theirs: Wanted, left: readonly Wanted[], tolerance: Tolerance): Wanted {
  const tied = left.filter(
    ({ score }) => Math.abs((score ?? Number.NaN) - (theirs.score ?? Number.NaN)) < tieOf(tolerance),
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
  if (theirs.score === null) findings.equal(`score of ${name}`, ours.score, null)
  else if (theirs.score !== undefined)
    findings.within(`score of ${name}`, ours.score ?? Number.NaN, theirs.score, tolerance.score ?? 1e-5)
  const { box } = theirs
  if (!box) return
  for (const [i, side] of SIDES.entries()) {
    const wanted = ('xmin' in box ? box[side] : box[i]) ?? Number.NaN
    findings.within(`${side} of ${name}`, ours.box?.[side] ?? Number.NaN, wanted, tolerance.box ?? 0)
  }
}

async function compareMask(findings: Findings, name: string, mask: Mask | undefined, file: string, pixels: number) {
  const { width, height, data } = await readGrey(file)
  findings.equal(`size of ${name}`, [mask?.width, mask?.height], [width, height])
  const differing = data.reduce((count, value, i) => (value === mask?.data[i] ? count : count + 1), 0)
  if (differing > pixels) findings.wrong(`${name} differs in ${differing} pixels`)
}

function compareArea(findings: Findings, name: string, mask: Mask | undefined, wanted: number, pixels: number) {
  const area = mask?.data.reduce((count, value) => (value > 0 ? count + 1 : count), 0) ?? Number.NaN
  if (!(Math.abs(area - wanted) <= pixels)) findings.wrong(`${name} is ${area}, not ${wanted}`)
}

/** A grey picture, a byte for each pixel. */
export async function readGrey(file: string): Promise<Mask> {
  const { width, height, data } = await (await openImage(file)).rgb()
  return { width, height, data: Uint8Array.from({ length: width * height }, (_, i) => data[3 * i] as number) }
}
