/** Post-processing that can be used alone: what a graph said, turned into an answer. */

export { argmax, sigmoid, sigmoids, softmax } from './activations.ts'
export { type Answer, bestSpans, type Span, windows } from './answers.ts'
export { type Box, type Corners, cornersAt, overlapOf, toBox } from './boxes.ts'
export { depthAt, depthFromInverse, depthToBytes } from './depth.ts'
export {
  type DetectionOptions,
  type DetectionRule,
  detectionRule,
  detections,
  type FoundObject,
  readingRanks,
} from './detection.ts'
export { createDecoder, type Decoder } from './generation/decoder.ts'
export { type Generation, generate } from './generation/generate.ts'
export { parseRegions, type Region } from './generation/located.ts'
export type { GenerationOptions } from './generation/options.ts'
export { type GenerationSettings, generationSettings } from './generation/settings.ts'
export { parseTaggedText, type Tagged } from './generation/tagged.ts'
export { type GroundedBox, groundedBoxes, sentenceOf } from './grounding.ts'
export { type GuidedBox, guidedBoxes, type PatchFeatures, queryLogits, queryPatch } from './image-guided.ts'
export { contestedInstances, detectedInstances, instanceSegments, queryInstances } from './instances.ts'
export { bicubic, bilinear, type Plane } from './interpolate.ts'
export { areaOf, extentOf, type Mask, maskAbove, type RunLengths, toRunLengths } from './masks.ts'
export { nonMaximumSuppression, suppressedByClass } from './nms.ts'
export { type Contest, panopticSegments, type SegmentOptions } from './panoptic.ts'
export { mergedScores, patchesOf, patchStarts } from './patches.ts'
export { foreground, toPixels, withAlpha } from './picture.ts'
export { type Proposal, proposals } from './proposals.ts'
export { type QueryMasks, queryMasks, queryScoreRows } from './queries.ts'
export type { Segment } from './segments.ts'
export { type ClassMask, classMap, classMasks, type ScoreRows, scoreRows } from './semantic.ts'
export { cosineSimilarity } from './similarity.ts'
export { type SoftMask, softMasks } from './soft-masks.ts'
export { type Ranked, topK } from './topk.ts'
