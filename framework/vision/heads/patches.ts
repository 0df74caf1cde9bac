/** EoMT's semantic segmentation: the picture in overlapping squares along its longer side, whose scores are averaged. */

import type { Pixels } from '#core/media.ts'
import { place } from '../processors/geometry.ts'
import type { Size } from '../task.ts'
import type { ScoreRows } from './semantic.ts'

/** Where the squares begin on the longer side, spread evenly. */
export function patchStarts({ width, height }: Size, patch: number): number[] {
  const longer = Math.max(width, height)
  const count = Math.ceil(longer / patch)
  const overlap = count > 1 ? (count * patch - longer) / (count - 1) : 0
  return Array.from({ length: count }, (_, i) => Math.trunc(i * (patch - overlap)))
}

/** @param picture - its shorter side as long as a patch */
export function patchesOf(picture: Pixels, patch: number): Pixels[] {
  const { width, height } = picture
  return patchStarts(picture, patch).map((start) =>
    height > width
      ? place(picture, width, Math.min(patch, height), 0, -start)
      : place(picture, Math.min(patch, width), height, -start, 0),
  )
}

/** Scores of the whole out of those of its patches: the mean where they overlap. @param size - of the resized picture */
export function mergedScores(patches: readonly ScoreRows[], { width, height }: Size): ScoreRows {
  const [{ classes, width: wide, height: high } = { classes: 0, width: 0, height: 0 }] = patches
  const tall = height > width
  const starts = patchStarts({ width, height }, tall ? high : wide)
  const part = new Float32Array(classes * wide)
  const covering = Array.from({ length: tall ? height : width }, (_, at) =>
    starts.reduce((count, start) => (at >= start && at < start + (tall ? high : wide) ? count + 1 : count), 0),
  )
  return {
    classes,
    width,
    height,
    row(y, into) {
      into.fill(0)
      for (const [i, patch] of patches.entries()) {
        const start = starts[i] as number
        const from = tall ? y - start : y
        if (from < 0 || from >= high) continue
        patch.row(from, part)
        const left = tall ? 0 : start
        for (let c = 0; c < classes; c++) {
          for (let x = 0; x < wide; x++) (into[c * width + left + x] as number) += part[c * wide + x] as number
        }
      }
      for (let i = 0; i < into.length; i++) (into[i] as number) /= (tall ? covering[y] : covering[i % width]) as number
    },
  }
}
