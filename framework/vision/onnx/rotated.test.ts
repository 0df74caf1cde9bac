import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tensor } from '../task.ts'
import { detectBoxes } from './detect.ts'
import { type Turned, turnedOverlap } from './rotated.ts'
import { yoloBoxes } from './yolo.ts'

const turned = (x: number, y: number, width: number, height: number, angle: number): Turned => ({
  x,
  y,
  width,
  height,
  angle,
})

test('turned boxes overlap as distributions do', () => {
  // Ultralytics’ batch_probiou, in Python.
  const near = (got: number, wanted: number) => assert.ok(Math.abs(got - wanted) < 1e-9, `${got}`)
  near(turnedOverlap(turned(100, 100, 80, 20, 0.3), turned(105, 98, 70, 24, 0.5)), 0.6917368441891452)
  near(turnedOverlap(turned(100, 100, 80, 20, 0.3), turned(100, 100, 80, 20, 0.3)), 0.9995527864101446)
  near(turnedOverlap(turned(0, 0, 10, 10, 0), turned(100, 0, 10, 10, 1)), -4.999999880794803e-8)
})

test('a turned box has four corners, and a better one in its place takes its place', () => {
  const data = new Float32Array(7 * 8400)
  const row = (at: number, values: readonly number[]) => {
    for (const [i, value] of values.entries()) data[i * 8400 + at] = value
  }
  row(7, [320, 240, 200, 100, 0.9, 0, Math.PI / 2])
  row(9, [322, 240, 200, 100, 0.8, 0, Math.PI / 2])
  row(11, [322, 240, 200, 100, 0.1, 0.7, Math.PI / 2])
  const out = tensor('float32', data, [1, 7, 8400])
  const size = { width: 640, height: 640 }
  const frame = { picture: size, input: size, scaleX: 1, scaleY: 1, left: 0, top: 0 }
  const found = detectBoxes(yoloBoxes({ kind: 'yolo', rotated: true }, out.dims), () => out, frame)
  assert.deepEqual(
    found.map(({ label }) => label),
    ['LABEL_0', 'LABEL_1'],
  )
  assert.deepEqual(found[0]?.box, { xmin: 270, ymin: 140, xmax: 370, ymax: 340 })
  assert.deepEqual(
    found[0]?.corners?.map(({ x, y }) => [Math.round(x), Math.round(y)]),
    [
      [270, 340],
      [370, 340],
      [370, 140],
      [270, 140],
    ],
  )
})
