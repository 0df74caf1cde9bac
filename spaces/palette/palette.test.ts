import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findPalette } from './palette.ts'

/** RGBA pixels from a list of colours and how many pixels of each. */
function picture(...colours: [colour: [number, number, number, number], count: number][]) {
  const data = Uint8Array.from(colours.flatMap(([colour, count]) => Array.from({ length: count }, () => colour).flat()))
  return { width: data.length / 4, height: 1, channels: 4 as const, data }
}

test('the colours of a flat picture come back as they are, the commonest first', () => {
  const swatches = findPalette(
    picture([[250, 250, 250, 255], 60], [[200, 16, 32, 255], 30], [[0, 60, 120, 255], 10]),
    3,
  )
  assert.deepEqual(
    swatches.map(({ hex }) => hex),
    ['#fafafa', '#c81020', '#003c78'],
  )
  assert.deepEqual(
    swatches.map(({ share }) => share),
    [0.6, 0.3, 0.1],
  )
})

test('a picture with fewer colours than asked for gives just those', () => {
  assert.equal(findPalette(picture([[10, 20, 30, 255], 5]), 8).length, 1)
})

test('transparent pixels do not count', () => {
  const swatches = findPalette(picture([[255, 0, 0, 0], 90], [[0, 0, 255, 255], 10]), 4)
  assert.deepEqual(
    swatches.map(({ hex }) => hex),
    ['#0000ff'],
  )
})

test('a wholly transparent picture has no colours', () => {
  assert.deepEqual(findPalette(picture([[1, 2, 3, 0], 4]), 4), [])
})
