import assert from 'node:assert/strict'
import { test } from 'node:test'
import { resizeBytes, resizeFloats } from './torch-resize.ts'

const data = Uint8Array.of(10, 200, 30, 7, 99, 255, 0, 128, 64, 3, 1, 2, 3, 4, 250)
const grey = { width: 5, height: 3, channels: 1 as const, data }
const [LANCZOS, BILINEAR, BICUBIC] = [1, 2, 3]
const shrunk = (resample: number, antialias: boolean) => [
  ...resizeBytes(grey, { width: 3, height: 2 }, resample, antialias).data,
]

// torchvision 0.28.0, torch 2.13.0.
test('bytes are resized as torchvision does, with and without antialiasing', () => {
  assert.deepEqual(shrunk(BILINEAR, true), [112, 71, 48, 55, 34, 102])
  assert.deepEqual(shrunk(BILINEAR, false), [97, 55, 57, 43, 34, 132])
  assert.deepEqual(shrunk(BICUBIC, true), [119, 73, 42, 54, 29, 106])
  assert.deepEqual(shrunk(BICUBIC, false), [105, 57, 52, 42, 35, 136])
  assert.deepEqual(shrunk(LANCZOS, true), [126, 75, 35, 58, 27, 109])
})

test('weights of bytes are made in double precision, and rounded once', () => {
  const row = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 225, 209, 132, 152, 0, 0)
  const line = { width: 16, height: 2, channels: 1 as const, data: Uint8Array.of(...row, ...row) }
  const wide = resizeBytes(line, { width: 75, height: 2 }, BICUBIC, false).data
  assert.deepEqual([...wide.subarray(54, 59)], [199, 181, 163, 146, 133])
})

test('cubic enlarging differs with antialiasing even where nothing is to be smoothed', () => {
  const row = (antialias: boolean) => [
    ...resizeBytes(grey, { width: 7, height: 4 }, BICUBIC, antialias).data.subarray(0, 7),
  ]
  assert.deepEqual(row(true), [0, 129, 181, 25, 0, 47, 109])
  assert.deepEqual(row(false), [0, 141, 189, 23, 0, 44, 114])
})

test('numbers stay numbers, and a size that fits is left alone', () => {
  const plane = { width: 5, height: 3, data: Float32Array.from(data) }
  assert.equal(resizeFloats(plane, { width: 5, height: 3 }, BILINEAR, true), plane)
  const small = resizeFloats(plane, { width: 3, height: 2 }, BILINEAR, true)
  for (const [i, value] of shrunk(BILINEAR, true).entries())
    assert.ok(Math.abs((small.data[i] as number) - value) < 1, `${small.data[i]} is not ${value}`)
  assert.ok(small.data.some((value) => !Number.isInteger(value)))
})

test('numbers that are shrunk smoothly have torch’s bits', () => {
  const data = Float32Array.from({ length: 600 }, (_, i) => ((i * 37) % 101) / 101)
  const row = (resample: number) => [
    ...resizeFloats({ width: 20, height: 30, data }, { width: 5, height: 7 }, resample, true).data.subarray(15, 20),
  ]
  // torch 2.13.0: torch.nn.functional.interpolate(t, size=(7, 5), mode=…, antialias=True)[0, 0, 3]
  assert.deepEqual(
    row(BILINEAR),
    [0.5319116711616516, 0.4331393539905548, 0.5459468364715576, 0.4800433814525604, 0.46888265013694763],
  )
  assert.deepEqual(
    row(BICUBIC),
    [0.5367323756217957, 0.4162295460700989, 0.562441349029541, 0.47666457295417786, 0.4648610055446625],
  )
})

// torchvision 0.28.0, nearest-exact: Pillow, which adds its steps up, has 15 in the middle.
test('the nearest sample is found by multiplication, in single precision', () => {
  const [from, to] = [
    { width: 32, height: 1 },
    { width: 21, height: 1 },
  ]
  const samples = Array.from({ length: 32 }, (_, i) => i)
  const bytes = resizeBytes({ ...from, channels: 1, data: Uint8Array.from(samples) }, to, 0, true).data
  const numbers = resizeFloats({ ...from, data: Float32Array.from(samples) }, to, 0, true).data
  const wanted = [0, 2, 3, 5, 6, 8, 9, 11, 12, 14, 16, 17, 19, 20, 22, 23, 25, 26, 28, 29, 31]
  assert.deepEqual([[...bytes], [...numbers]], [wanted, wanted])
})
