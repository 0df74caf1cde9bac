/** Post-processing that can be used alone: what a graph said, turned into an answer. */

export { argmax, sigmoid, sigmoids, softmax } from './activations.ts'
export { type Box, type Corners, cornersAt, overlapOf, toBox } from './boxes.ts'
export { depthAt, depthFromInverse, depthToBytes } from './depth.ts'
export { type DetectionRule, detectionRule, detections, type FoundObject } from './detection.ts'
export { type GroundedBox, groundedBoxes, sentenceOf } from './grounding.ts'
export { type GuidedBox, guidedBoxes, type PatchFeatures, queryLogits, queryPatch } from './image-guided.ts'
export { bicubic, bilinear, type Plane } from './interpolate.ts'
export { areaOf, extentOf, type Mask, maskAbove, type RunLengths, toRunLengths } from './masks.ts'
export { nonMaximumSuppression } from './nms.ts'
export { foreground, toPixels, withAlpha } from './picture.ts'
export {
  instanceSegments,
  panopticSegments,
  type QueryMasks,
  queryMasks,
  queryScoreRows,
  type Segment,
  type SegmentOptions,
} from './queries.ts'
export { type ClassMask, classMap, classMasks, type ScoreRows, scoreRows } from './semantic.ts'
export { cosineSimilarity } from './similarity.ts'
export { type SoftMask, softMasks } from './soft-masks.ts'
export { type Ranked, topK } from './topk.ts'
