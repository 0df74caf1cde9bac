import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createImage, openImage, readRgb } from './open-image.ts'

/** 3 x 2 pixels, of which the only frame draws one, at 1, 1, in the last of four colours. */
const start = '47494638396103000200f101000a141e28323c46505a646e78'
const third = '21f9040100000200'
const frame = '2c01000100010001000002025c01003b'
const file = (...parts: string[]) => new Uint8Array(Buffer.from(parts.join(''), 'hex'))

test('what the first frame of a GIF leaves out has the colour that Pillow gives it', async () => {
  for (const [bytes, around] of [
    [file(start, frame), [10, 20, 30]],
    [file(start, third, frame), [70, 80, 90]],
  ] as const) {
    const wanted = [...around, ...around, ...around, ...around, 100, 110, 120, ...around]
    assert.deepEqual([...(await readRgb(bytes)).data], wanted)
    assert.deepEqual([...(await (await openImage(bytes)).rgb()).data], wanted)
  }
})

test('a part of a large GIF is the same part of the whole', async () => {
  const bytes = await createImage({ width: 1200, height: 900, channels: 1, data: noise(1200 * 900) }).encode('png')
  const sharp = (await import('sharp')).default
  const gif = new Uint8Array(await sharp(bytes).gif().toBuffer())
  const area = { left: 301, top: 17, width: 30, height: 20 }
  const whole = await readRgb(gif)
  const part = await readRgb(gif, { reads: () => area })
  assert.deepEqual([part.width, part.height], [30, 20])
  for (const [x, y] of [
    [0, 0],
    [29, 19],
  ] as const) {
    const from = ((area.top + y) * 1200 + area.left + x) * 3
    const at = (y * 30 + x) * 3
    assert.deepEqual(part.data.subarray(at, at + 3), whole.data.subarray(from, from + 3))
  }
})

function noise(length: number): Uint8Array {
  let state = 7
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
    return state >> 16
  })
}
