import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pixels } from '#core/media.ts'
import { assemble } from '../../../../test/helpers/assemble.ts'
import { FILTERS, type FilterName } from '../filters.ts'
import { resize, resizePlain } from '../resize.ts'
import { rowsNeeded, weightsOf } from '../weights.ts'
import { BINARY } from './resample.ts'

test('the binary is what resample.wat assembles to', async () => {
  assert.equal(await assemble(new URL('./resample.wat', import.meta.url)), BINARY)
})

/** Linear congruential numbers: the same picture in every run. */
function noise(width: number, height: number): Pixels {
  let state = width * 31 + height
  const data = new Uint8Array(width * height * 3).map(() => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 24
  })
  return { width, height, channels: 3, data }
}

const SIZES = [
  [1, 1, 5, 7],
  [3, 2, 1, 1],
  [17, 31, 16, 16],
  [33, 5, 33, 64],
  [64, 48, 7, 48],
  [501, 333, 40, 20],
  [2000, 60, 100, 3],
] as const

for (const [fromWidth, fromHeight, width, height] of SIZES) {
  for (const name of Object.keys(FILTERS) as Exclude<FilterName, 'nearest'>[]) {
    test(`${fromWidth} x ${fromHeight} to ${width} x ${height}, ${name}, is the same with and without SIMD`, () => {
      const from = noise(fromWidth, fromHeight)
      const across = fromWidth === width ? null : weightsOf(fromWidth, width, FILTERS[name])
      const down = fromHeight === height ? null : weightsOf(fromHeight, height, FILTERS[name])
      const plain = resizePlain(from, width, height, across, down, down ? rowsNeeded(down) : [0, fromHeight])
      assert.deepEqual(resize(from, width, height, name), plain)
    })
  }
}
