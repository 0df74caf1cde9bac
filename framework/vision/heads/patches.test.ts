import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mergedScores, patchesOf, patchStarts } from './patches.ts'
import type { ScoreRows } from './semantic.ts'

test('squares lie evenly along the longer side and end with it', () => {
  assert.deepEqual(patchStarts({ width: 64, height: 64 }, 64), [0])
  assert.deepEqual(patchStarts({ width: 150, height: 64 }, 64), [0, 43, 86])
  assert.deepEqual(patchStarts({ width: 64, height: 80 }, 64), [0, 16])
})

test('a tall picture is cut into squares from top to bottom', () => {
  const tall = { width: 2, height: 3, channels: 3, data: Uint8Array.from({ length: 18 }, (_, i) => i) } as const
  const [upper, lower, ...more] = patchesOf(tall, 2)
  assert.deepEqual([upper?.width, upper?.height, more.length], [2, 2, 0])
  assert.deepEqual([...(upper?.data ?? [])], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  assert.deepEqual([...(lower?.data ?? [])], [6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17])
})

test('where squares overlap the scores are their mean', () => {
  const flat = (value: number): ScoreRows => ({ classes: 1, width: 2, height: 2, row: (_, into) => into.fill(value) })
  const rows = (size: { width: number; height: number }) => {
    const merged = mergedScores([flat(1), flat(3)], size)
    return Array.from({ length: size.height }, (_, y) => {
      const into = new Float32Array(size.width)
      merged.row(y, into)
      return [...into]
    })
  }
  assert.deepEqual(rows({ width: 3, height: 2 }), [
    [1, 2, 3],
    [1, 2, 3],
  ])
  assert.deepEqual(rows({ width: 2, height: 3 }), [
    [1, 1],
    [2, 2],
    [3, 3],
  ])
})
