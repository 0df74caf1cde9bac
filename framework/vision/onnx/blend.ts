/** Overlapping boxes made into one (Bazarevsky et al., BlazeFace, 2019): steadier from frame to frame than taking the best. */

import { type Corners, overlapOf } from '../heads/boxes.ts'
import type { Candidate } from './detect.ts'

/** Best first; each stands for all that overlap it by more than `threshold`, and keeps its own score. */
export function blended(candidates: readonly Candidate[], threshold: number): Candidate[] {
  const made: Candidate[] = []
  let left = [...candidates].sort((a, b) => b.score - a.score)
  for (let [best] = left; best; [best] = left) {
    const { corners } = best
    const overlaps = (other: Candidate) => other === best || overlapOf(corners, other.corners) > threshold
    const group = left.filter(overlaps)
    left = left.filter((other) => !overlaps(other))
    made.push({ ...best, ...meanOf(group) })
  }
  return made
}

function meanOf(group: readonly Candidate[]): Pick<Candidate, 'corners' | 'keypoints'> {
  const total = group.reduce((sum, { score }) => sum + score, 0)
  const mean = (value: (one: Candidate) => number) =>
    group.reduce((sum, one) => sum + value(one) * one.score, 0) / total
  const corners = [0, 1, 2, 3].map((side) => mean(({ corners }) => corners[side] as number)) as unknown as Corners
  const points = group[0]?.keypoints?.map(([, , score], i) => {
    const [x, y] = [0, 1].map((axis) => mean(({ keypoints }) => keypoints?.[i]?.[axis] as number)) as [number, number]
    return score === undefined ? ([x, y] as const) : ([x, y, score] as const)
  })
  return points ? { corners, keypoints: points } : { corners }
}
