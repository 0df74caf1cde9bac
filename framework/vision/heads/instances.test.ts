import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tensor } from '../task.ts'
import { contestedInstances, detectedInstances, queryInstances } from './instances.ts'
import { queryMasks } from './queries.ts'

const size = { width: 4, height: 1 }
// Two queries and two classes, then no object; the masks overlap in the second pixel.
const classes = tensor('float32', Float32Array.of(5, 0, 0, 0, 4, 0), [1, 2, 3])
const masks = tensor('float32', Float32Array.of(3, 2, -1, -1, -1, 1, 1, -1), [1, 2, 1, 4])
const shown = (found: readonly { label: number; mask: { data: Uint8Array } }[]) =>
  found.map(({ label, mask }) => [label, ...mask.data].map((value) => value && (value === 255 ? 'x' : value)).join(''))

test('OneFormer’s instances compete by logit times score', () => {
  const found = contestedInstances(queryMasks(classes, masks), size, {
    threshold: 0.5,
    mask_threshold: 0.5,
    overlap_mask_area_threshold: 0.4,
  })
  // The last pixel goes to the query that is least unsure of it.
  assert.deepEqual(shown(found), ['0xx00', '100xx'])
})

test('of EoMT’s instances the later one takes the pixel', () => {
  assert.deepEqual(shown(queryInstances(queryMasks(classes, masks), size, 0.3)), ['0x000', '10xx0'])
})

test('of RF-DETR’s instances the surer one keeps the pixel, and the mask threshold is for logits', () => {
  const logits = tensor('float32', Float32Array.of(2, -9, -9, 1), [1, 2, 2])
  const at = (mask_threshold: number) =>
    shown(detectedInstances(logits, masks, size, { threshold: 0.5, mask_threshold }))
  assert.deepEqual(at(0), ['0xx00', '100x0'])
  assert.deepEqual(at(1.5), ['0xx00'])
})

// transformers 5.18.0, torchvision 0.28.0: OneFormerImageProcessor.post_process_instance_segmentation(…, target_sizes=[(3, 4)])
test('masks of OneFormer that are larger than the picture are shrunk smoothly', () => {
  const wave = (count: number, step: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * step) * 3)
  const many = queryMasks(
    tensor('float32', wave(9, 1.7), [1, 3, 3]),
    tensor('float32', wave(3 * 144, 0.9), [1, 3, 12, 12]),
  )
  const options = { threshold: 0.1, mask_threshold: 0.1, overlap_mask_area_threshold: 0.1 }
  const [found] = contestedInstances(many, { width: 4, height: 3 }, options)
  assert.deepEqual([found?.label, found?.score], [1, 0.930437])
  assert.deepEqual([...(found?.mask.data ?? [])].map(Math.sign), [1, 1, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0])
})
