import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Tensor, tensor } from '../task.ts'
import { bilinear } from './interpolate.ts'
import { classMap, classMasks, scoreRows } from './semantic.ts'

/** Numbers that look like noise and are the same every time. */
const noise = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898 + 1) * 43.7)

/** As it is written in the textbook: enlarge everything, then choose. */
function plain({ data, dims }: Tensor<'float32'>, size: { width: number; height: number }): number[] {
  const [, classes = 0, height = 0, width = 0] = dims
  const planes = Array.from({ length: classes }, (_, c) =>
    bilinear({ width, height, data: data.subarray(c * width * height, (c + 1) * width * height) }, size),
  )
  return Array.from({ length: size.width * size.height }, (_, pixel) => {
    const values = planes.map((plane) => plane.data[pixel] ?? 0)
    return values.indexOf(Math.max(...values))
  })
}

for (const [title, dims, size] of [
  ['enlarged', [1, 7, 5, 6], { width: 41, height: 29 }],
  ['made smaller', [1, 4, 23, 17], { width: 6, height: 9 }],
  ['left as it is', [1, 9, 8, 8], { width: 8, height: 8 }],
  ['of one row', [1, 5, 1, 12], { width: 30, height: 4 }],
  ['of one pixel', [1, 3, 1, 1], { width: 3, height: 2 }],
] as const) {
  test(`a map of classes ${title} is the same as without the shortcut`, () => {
    const logits = tensor('float32', noise(dims.reduce<number>((a, b) => a * b, 1)), dims)
    assert.deepEqual([...classMap(scoreRows(logits), size)], plain(logits, size))
  })
}

test('of classes with equal scores the lower one is taken', () => {
  const logits = tensor('float32', new Float32Array(3 * 4).fill(1), [1, 3, 2, 2])
  assert.deepEqual([...new Set(classMap(scoreRows(logits), { width: 9, height: 9 }))], [0])
})

test('only classes that some pixel has get a mask, in ascending order', () => {
  const masks = classMasks(Uint16Array.of(4, 1, 1, 4), { width: 2, height: 2 })
  assert.deepEqual(
    masks.map(({ label, mask }) => [label, [...mask.data]]),
    [
      [1, [0, 255, 255, 0]],
      [4, [255, 0, 0, 255]],
    ],
  )
})
