import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatBytes, formatNumber, formatPercent, formatPicture } from './format.ts'

test('bytes are shown in the unit that reads best', () => {
  const cases: [number, string][] = [
    [0, '0 B'],
    [999, '999 B'],
    [235_123, '235 KB'],
    [999_600, '1 MB'],
    [1_640_000, '1.6 MB'],
    [20e6, '20 MB'],
    [3.2e9, '3.2 GB'],
  ]
  for (const [count, text] of cases) assert.equal(formatBytes(count), text)
})

test('a share has one decimal, and is never rounded to nothing or to certainty', () => {
  const cases: [number, string][] = [
    [0.714, '71.4 %'],
    [0, '0.0 %'],
    [1, '100.0 %'],
    [0.0001, '< 0.1 %'],
    [0.99999, '> 99.9 %'],
  ]
  for (const [share, text] of cases) assert.equal(formatPercent(share), text)
})

test('a number has as many decimals as are worth reading', () => {
  const cases: [number, string][] = [
    [38.214, '38.21'],
    [1234567, '1,234,567'],
    [1234.5678, '1,234.6'],
    [0.0012345, '0.00123'],
    [-0.5, '-0.5'],
    [0, '0'],
    [1e-9, '1.00e-9'],
    [3e20, '3.00e+20'],
  ]
  for (const [value, text] of cases) assert.equal(formatNumber(value), text)
})

test('a picture says its size in pixels, where that is known', () => {
  assert.equal(formatPicture({ width: 451, height: 300, byteLength: 235_000 }), '451 × 300 · 235 KB')
  assert.equal(formatPicture({ byteLength: 80 }), '80 B')
})
