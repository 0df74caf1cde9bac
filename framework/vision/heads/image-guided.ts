/**
 * One-shot detection with OWL-ViT and OWLv2: find in one picture what another one shows
 * (Minderer et al., Simple Open-Vocabulary Object Detection, 2022, section 4.4; details as in Python's classes).
 */

import type { Size } from '../task.ts'
import { maxOf, sigmoid } from './activations.ts'
import { type Box, type Corners, cornersAt, overlapOf, toBox } from './boxes.ts'
import { torchOrder } from './topk.ts'

const f32 = Math.fround

/** What the graph says about one picture; one row for each patch. */
export interface PatchFeatures {
  readonly patches: number
  /** `[patches, dimensions]`, not normalised. */
  readonly embeddings: Float32Array
  /** `[patches, 4]`, `cx, cy, width, height`, 0..1. */
  readonly boxes: Float32Array
}

/**
 * The patch that stands for the query picture: of the boxes that cover nearly as much of it as the best one does, the
 * one least like the mean of all patches, that is least like background.
 */
export function queryPatch({ patches, embeddings, boxes }: PatchFeatures): number {
  const whole: Corners = [0, 0, 1, 1]
  const covers = Array.from({ length: patches }, (_, patch) => overlapOf(whole, cornersAt(boxes, patch)))
  const enough = f32(maxOf(covers) * f32(0.8))
  const mean = meanRow(embeddings, patches)
  let best = 0
  let bestLikeness = Infinity
  for (let patch = 0; patch < patches; patch++) {
    if (!((covers[patch] as number) >= enough)) continue
    const likeness = dot(embeddings, patch * mean.length, mean, 0, mean.length)
    if (likeness < bestLikeness) {
      best = patch
      bestLikeness = likeness
    }
  }
  return best
}

/** Logit of every patch for a query: cosine of the embeddings, shifted and scaled by the model. */
export function queryLogits(
  { patches, embeddings }: PatchFeatures,
  query: Float32Array,
  { shift, scale }: { shift: ArrayLike<number>; scale: ArrayLike<number> },
): Float32Array {
  const size = query.length
  const queryNorm = Math.sqrt(dot(query, 0, query, 0, size)) + 1e-6
  return Float32Array.from({ length: patches }, (_, patch) => {
    const start = patch * size
    const norm = Math.sqrt(dot(embeddings, start, embeddings, start, size)) + 1e-6
    const likeness = dot(embeddings, start, query, 0, size) / (norm * queryNorm)
    return (likeness + (shift[patch] ?? 0)) * (scale[patch] ?? 1)
  })
}

export interface GuidedBox {
  /** 0..1, where 1 is the best of this picture whatever it is worth. */
  readonly score: number
  readonly box: Box
}

/**
 * Boxes best first. Suppression comes first, then the threshold on what the model said, then the scores are stretched so
 * that the best is 1 and a tenth of it is 0; boxes at 0 are left out.
 * @param nmsThreshold - 1 and above: no suppression
 */
export function guidedBoxes(
  logits: Float32Array,
  boxes: Float32Array,
  size: Size,
  { threshold, nmsThreshold }: { threshold: number; nmsThreshold: number },
): GuidedBox[] {
  const scores = Float32Array.from(logits, sigmoid)
  const corners = Array.from(scores, (_, patch) => cornersAt(boxes, patch))
  if (nmsThreshold < 1) suppress(scores, corners, nmsThreshold)
  for (const [patch, score] of scores.entries()) if (score < f32(threshold)) scores[patch] = 0
  const best = f32(maxOf(scores) + 1e-6)
  const found: GuidedBox[] = []
  for (const [patch, score] of scores.entries()) {
    const stretched = f32(f32(score - f32(best * 0.1)) / f32(best * 0.9))
    if (!(stretched > 0)) continue
    found.push({ score: Math.min(1, stretched), box: toBox(corners[patch] as Corners, size) })
  }
  return found.sort((a, b) => b.score - a.score)
}

/** Sets to 0 what overlaps a better box. Once at 0, a box suppresses nothing. */
function suppress(scores: Float32Array, corners: readonly Corners[], threshold: number): void {
  for (const patch of torchOrder(scores)) {
    if (scores[patch] === 0) continue
    for (const [other, box] of corners.entries()) {
      if (other !== patch && overlapOf(corners[patch] as Corners, box) > threshold) scores[other] = 0
    }
  }
}

function meanRow(values: Float32Array, rows: number): Float32Array {
  const size = values.length / rows
  const sums = new Float64Array(size)
  for (let i = 0; i < values.length; i++) (sums[i % size] as number) += values[i] as number
  return Float32Array.from(sums, (sum) => sum / rows)
}

function dot(a: Float32Array, startA: number, b: Float32Array, startB: number, length: number): number {
  let sum = 0
  for (let i = 0; i < length; i++) sum += (a[startA + i] as number) * (b[startB + i] as number)
  return sum
}
