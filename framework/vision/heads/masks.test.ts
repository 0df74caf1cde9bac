import assert from 'node:assert/strict'
import { test } from 'node:test'
import { areaOf, extentOf, maskWhere, pack, toRunLengths, unpack } from './masks.ts'

const size = { width: 4, height: 3 }
const mask = maskWhere(size, (pixel) => [5, 6, 10].includes(pixel))

test('a mask has an area, and first and last columns and rows', () => {
  assert.equal(areaOf(mask), 3)
  assert.deepEqual(extentOf(mask), [1, 1, 2, 2])
})

test('an empty mask has no extent', () => {
  assert.deepEqual(extentOf(maskWhere(size, () => false)), [0, 0, 0, 0])
})

test('run lengths go down the columns and begin with zeros', () => {
  assert.deepEqual(toRunLengths(mask), { size: [3, 4], counts: [4, 1, 2, 2, 3] })
  assert.deepEqual(toRunLengths(maskWhere(size, () => true)).counts, [0, 12])
  assert.deepEqual(toRunLengths(maskWhere(size, () => false)).counts, [12])
})

test('a mask packed away comes out as it was', () => {
  const masks = [mask, maskWhere(size, () => true), maskWhere(size, () => false), maskWhere(size, (i) => i % 2 === 1)]
  for (const one of masks) assert.deepEqual(unpack(pack(one)), one)
  assert.deepEqual([...pack(mask).runs], [5, 7, 10, 11])
})
