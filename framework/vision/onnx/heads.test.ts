import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Image, Pixels } from '#core/media.ts'
import { readersOf } from '../runtime/onnx.ts'
import { type Session, type Tensor, tensor } from '../task.ts'
import type { Asked } from './asked.ts'
import { labToRgb, lightness } from './colour.ts'
import type { PictureInput } from './declaration.ts'
import type { AnswerOf, DeclaredHead } from './head-kinds.ts'
import { answer } from './heads.ts'
import { layoutOf } from './planes.ts'
import { prepare } from './prepare.ts'

const flat = (width: number, height: number, colour: readonly number[]): Pixels => ({
  width,
  height,
  channels: 3,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3] as number),
})
const photo = flat(32, 16, [200, 100, 50])

const input = (spec: PictureInput, dims: readonly (number | string)[], type = 'float32') =>
  prepare(photo, spec, { name: 'input', type, dims })
const floats = (values: readonly number[], dims: readonly number[]) =>
  tensor('float32', Float32Array.from(values), dims)

function ask<H extends DeclaredHead>(head: H, outputs: Record<string, Tensor<'float32'>>, asked: Asked | null) {
  const ports = Object.keys(outputs).map((name) => ({ name, type: 'float32', dims: [] }))
  const fail = (reason: string) => new Error(reason) as never
  const session = { outputs: ports, ...readersOf([], fail) } as unknown as Session
  return answer(head, outputs, session, asked) as AnswerOf[H['kind']]
}
const whole: Asked = { pixels: photo, frame: input({}, [1, 3, 16, 32]).frame }

test('a letterbox may have the picture in the middle, in any colour', () => {
  const { values, frame } = input({ fit: 'letterbox', align: 'centre', pad: [1, 2, 3], scale: 1 }, [1, 3, 64, 64])
  assert.deepEqual([frame.scaleX, frame.left, frame.top], [2, 0, 16])
  const at = (channel: number, y: number) => values.data[(channel * 64 + y) * 64]
  assert.deepEqual([at(0, 0), at(1, 0), at(2, 0), at(0, 20), at(2, 20)], [1, 2, 3, 200, 50])
})

test('of an odd number of pixels around a letterbox the smaller part lies before', () => {
  const { frame } = input({ fit: 'letterbox', align: 'centre' }, [1, 3, 21, 32])
  assert.deepEqual([frame.left, frame.top], [0, 2])
  assert.deepEqual(input({ fit: 'cover', size: [11, 16] }, [1, 3, 16, 11]).frame.left, -10)
})

test('channels lie where a square beside them says', () => {
  assert.equal(layoutOf([1, 64, 64, 6], 64), 'nhwc')
  assert.equal(layoutOf([1, 150, 64, 64], 64), 'nchw')
  assert.equal(layoutOf([1, 2, 2, 1], 4), 'nhwc')
  assert.equal(layoutOf([1, 1, 2, 2], 4), 'nchw')
})

test('a rule gives a size that keeps the aspect ratio', () => {
  const dims = (size: PictureInput['size']) =>
    input({ ...(size ? { size } : {}) }, [1, 3, 'h', 'w']).values.dims.slice(-2)
  assert.deepEqual(dims({ shorter: 500, multipleOf: 32 }), [512, 992])
  assert.deepEqual(dims({ shorter: 800, maxSide: 1333 }), [667, 1333])
  assert.deepEqual(dims({ height: 48, maxWidth: 80 }), [48, 80])
  assert.deepEqual(dims(undefined), [16, 32])
})

test('graphs of bytes, without a batch or with the channels last are fed as they ask', () => {
  assert.deepEqual(input({}, [1, 'h', 'w', 3], 'uint8').values.data.slice(0, 3), Float32Array.of(200, 100, 50))
  assert.deepEqual(input({}, [3, 'h', 'w']).values.dims, [3, 16, 32])
  assert.deepEqual(input({ channels: 'grey', scale: 1 }, [1, 3, 8, 8]).values.dims, [1, 3, 8, 8])
  assert.deepEqual(input({ channels: 'grey', scale: 1 }, [1, 1, 8, 8]).values.data[0], 124)
})

test('colours are given to a picture’s own lightness', async () => {
  // 200, 100, 50 by the definition of CIE Lab, in NumPy.
  assert.ok(Math.abs(lightness(200, 100, 50) - 53.6295) < 1e-3)
  assert.deepEqual(labToRgb(53.6295, 36.3052, 45.3805), [200, 100, 50])
  const ab = floats(
    [36.3052, 45.3805].flatMap((value) => Array(4).fill(value)),
    [1, 2, 2, 2],
  )
  const image = (await ask({ kind: 'image', gives: 'ab' }, { ab }, whole)) as Image
  const { data } = await image.rgb()
  assert.deepEqual([image.width, image.height, ...data.slice(0, 3)], [32, 16, 200, 100, 50])
})

test('luma alone keeps the colours of the picture', async () => {
  const y = floats(Array(64 * 32).fill(124.2 / 255), [1, 1, 32, 64])
  const image = ask({ kind: 'image', gives: 'luma' }, { y }, whole)
  const { data } = await image.rgb()
  assert.deepEqual([image.width, image.height, ...data.slice(0, 3)], [64, 32, 200, 100, 50])
})

test('bytes that a graph gives are a picture as they are', async () => {
  const bytes = floats([0, 128, 255, 10], [1, 2, 2, 1])
  const ports = [{ name: 'out', type: 'uint8', dims: [1, 2, 2, 1] }]
  const session = { outputs: ports, ...readersOf([], () => new Error() as never) } as unknown as Session
  const image = answer({ kind: 'image' }, { out: bytes }, session, null) as Image
  assert.deepEqual(
    [...(await image.rgb()).data].filter((_, i) => i % 3 === 0),
    [0, 128, 255, 10],
  )
})

test('the padding of a letterbox is cut off pictures and masks', async () => {
  const { frame, values } = input({ fit: 'letterbox', align: 'centre' }, [1, 3, 64, 64])
  const asked = { pixels: photo, frame }
  const image = ask({ kind: 'image' }, { values }, asked)
  assert.deepEqual([image.width, image.height, (await image.rgb()).data[0]], [64, 32, 200])
  const alpha = floats(
    Array.from({ length: 64 * 64 }, (_, i) => (i < 16 * 64 || i >= 48 * 64 ? 1 : 0.4)),
    [1, 1, 64, 64],
  )
  const mask = ask({ kind: 'mask', soft: true }, { alpha }, asked)
  assert.deepEqual([mask.width, mask.height, mask.data[5 * 32 + 5]], [32, 16, 102])
})

test('masks may be logits, or need stretching', () => {
  const logits = floats([-2, 2, 2, 2], [1, 1, 2, 2])
  const area = (head: DeclaredHead & { kind: 'mask' }) =>
    ask(head, { logits }, whole).data.filter((value) => value > 0).length / (32 * 16)
  assert.ok(area({ kind: 'mask', apply: 'minmax', threshold: 0.999 }) > 0.4)
  assert.ok(area({ kind: 'mask', apply: 'sigmoid' }) > area({ kind: 'mask', apply: 'sigmoid', threshold: 0.8 }))
})

test('pixels may be given by the number of their class', () => {
  const classes = floats([0, 2], [1, 1, 2])
  const parts = ask({ kind: 'segmentation', labels: ['sky', 'sea', 'land'] }, { classes }, whole)
  assert.deepEqual(
    parts.map(({ label, mask }) => [label, mask.data.filter((value) => value === 255).length]),
    [
      ['sky', 256],
      ['land', 256],
    ],
  )
})

test('points come as rows, maps or axes', () => {
  const places = (head: DeclaredHead & { kind: 'keypoints' }, outputs: Record<string, Tensor<'float32'>>) =>
    ask(head, outputs, whole).map(({ x, y, score }) => [x, y, Math.round(score * 10) / 10])
  const rows = floats([0.25, 0.5, 0.9], [1, 1, 1, 3])
  assert.deepEqual(places({ kind: 'keypoints', columns: ['y', 'x', 'score'] }, { rows }), [[16, 4, 0.9]])
  const map = floats(Array(16 * 32).fill(0), [1, 1, 16, 32])
  map.data[4 * 32 + 8] = 0.8
  map.data[4 * 32 + 9] = 0.4
  assert.deepEqual(places({ kind: 'keypoints' }, { map }), [[8.25, 4, 0.8]])
  const [x, y] = [floats(Array(64).fill(0), [1, 1, 64]), floats(Array(32).fill(0), [1, 1, 32])]
  x.data[20] = 0.7
  y.data[10] = 0.9
  assert.deepEqual(places({ kind: 'keypoints', axes: ['x', 'y'] }, { x, y }), [[10, 5, 0.7]])
})

test('text is read whatever comes first, batch or steps, blank or characters', () => {
  const steps = [3, 0, 0, 3, 1, 1, 2]
  const logits = steps.flatMap((best) => [0, 1, 2, 3].map((index) => (index === best ? 9 : 0)))
  const head = { kind: 'text', characters: ['a', 'b', 'c'], blank: 'last', apply: 'softmax' } as const
  for (const dims of [
    [1, 7, 4],
    [7, 1, 4],
  ])
    assert.equal(ask(head, { logits: floats(logits, dims) }, whole).text, 'abc')
})

test('an embedding has the length 1', () => {
  const { data, dims } = ask({ kind: 'embedding' }, { out: floats([3, 4], [1, 2]) }, null)
  assert.deepEqual([...data.map((value) => Math.round(value * 10))], [6, 8])
  assert.deepEqual(dims, [2])
})

test('a head that answers in the picture’s pixels says that it needs one', () => {
  assert.throws(() => ask({ kind: 'depth' }, { out: floats([1], [1, 1, 1]) }, null), /picture: expected how a picture/)
})
