import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pixels } from 'spaces'
import { drawMosaic } from './mosaic.ts'
import { paintOil } from './oil.ts'

/** Left half dark, right half bright, with noise that a generator of whole numbers makes the same every time. */
function noisyEdge(width: number, height: number): Pixels {
  const data = new Uint8Array(width * height * 4)
  let seed = 7
  for (let at = 0; at < data.length; at += 4) {
    seed = (seed * 1103515245 + 12345) % 2 ** 31
    const base = (at / 4) % width < width / 2 ? 40 : 200
    data.fill(base + (seed % 41) - 20, at, at + 3)
    data[at + 3] = 255
  }
  return { width, height, channels: 4, data }
}

const never = new AbortController().signal

async function last(steps: AsyncGenerator<Pixels>): Promise<Pixels> {
  let picture: Pixels | undefined
  for await (const step of steps) picture = step
  assert.ok(picture)
  return picture
}

const red = (picture: Pixels, x: number, y: number) =>
  picture.data[(y * picture.width + x) * picture.channels] as number

test('oil paint flattens noise and keeps the edge', async () => {
  const picture = noisyEdge(64, 32)
  const painted = await last(paintOil(picture, 3, never))
  const spread = (image: Pixels) => {
    const values = Array.from({ length: 20 }, (_, x) => red(image, 4 + x, 16))
    return Math.max(...values) - Math.min(...values)
  }
  assert.ok(spread(painted) < spread(picture) / 2)
  assert.ok(red(painted, 34, 16) - red(painted, 29, 16) > 120)
})

test('a mosaic gets closer to the picture with every step', async () => {
  const picture = noisyEdge(64, 64)
  const errors: number[] = []
  for await (const step of drawMosaic(picture, 3, never)) {
    let error = 0
    for (let y = 0; y < 64; y++) for (let x = 0; x < 64; x++) error += Math.abs(red(step, x, y) - red(picture, x, y))
    errors.push(error)
  }
  assert.equal(errors.length, 3)
  assert.ok((errors[0] as number) > (errors[2] as number))
})

test('cancelling stops a painting between two bands', async () => {
  const controller = new AbortController()
  const steps = paintOil(noisyEdge(64, 64), 8, controller.signal)
  await steps.next()
  controller.abort()
  await assert.rejects(steps.next(), { name: 'AbortError' })
})
