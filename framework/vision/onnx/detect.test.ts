import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Tensor, tensor } from '../task.ts'
import type { Frame } from './declaration.ts'
import { detectBoxes } from './detect.ts'
import type { BoxesHead, YoloHead } from './head-kinds.ts'
import { yoloBoxes } from './yolo.ts'

/** A picture of 320 x 160 in the middle of 640 x 640. */
const frame: Frame = {
  picture: { width: 320, height: 160 },
  input: { width: 640, height: 640 },
  scaleX: 2,
  scaleY: 2,
  left: 0,
  top: 160,
}
const labels = ['a', 'b', 'c']
/** Centre (320, 240), 200 x 100 in the input. */
const found = { label: 'c', box: { xmin: 110, ymin: 15, xmax: 210, ymax: 65 } }

/** An output that is 0 but for one row. */
function output(dims: readonly number[], row: number, values: readonly number[], columnsFirst = false) {
  const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1))
  const [, step = 1] = dims.slice(-2)
  for (const [i, value] of values.entries()) data[columnsFirst ? i * step + row : row * values.length + i] = value
  return tensor('float32', data, dims)
}

const detect = (head: BoxesHead, outputs: Record<string, Tensor<'float32'>>) =>
  detectBoxes(head, (name = Object.keys(outputs)[0] ?? '') => outputs[name] as Tensor<'float32'>, frame)

function detectYolo(head: Omit<YoloHead, 'kind'>, out: Tensor<'float32'>) {
  return detect(yoloBoxes({ kind: 'yolo', ...head }, out.dims), { out })
}

test('what YOLO exports is told by its shape', () => {
  const rows = output([1, 25200, 8], 7, [320, 240, 200, 100, 0.9, 0, 0, 1])
  const columns = output([1, 7, 8400], 7, [320, 240, 200, 100, 0, 0, 0.9], true)
  const finished = output([1, 300, 6], 7, [220, 190, 420, 290, 0.9, 2])
  for (const out of [rows, columns, finished])
    assert.deepEqual(
      detectYolo({ labels }, out).map(({ label, box }) => ({ label, box })),
      [found],
    )
})

test('keypoints follow where a head says how many there are', () => {
  const out = output([1, 4 + 1 + 6, 8400], 7, [320, 240, 200, 100, 0.9, 300, 220, 0.5, 340, 220, 0.25], true)
  const [person] = detectYolo({ points: 2 }, out)
  assert.deepEqual(person?.keypoints, [
    { x: 150, y: 30, score: 0.5 },
    { x: 170, y: 30, score: 0.25 },
  ])
})

test('outputs for each stride are put together: YuNet', () => {
  const sizes = [8, 16, 32].map((stride) => (640 / stride) ** 2)
  const empty = (name: string, width: number) =>
    sizes.map((rows, i) => [`${name}_${i}`, output([1, rows, width], 0, Array(width).fill(0))] as const)
  const outputs = Object.fromEntries([...empty('cls', 1), ...empty('obj', 1), ...empty('bbox', 4), ...empty('kps', 10)])
  const cell = 10 * 40 + 20
  outputs.cls_1 = output([1, 1600, 1], cell, [0.81])
  outputs.obj_1 = output([1, 1600, 1], cell, [1])
  outputs.bbox_1 = output([1, 1600, 4], cell, [0.5, 0.25, Math.log(4), Math.log(5)])
  outputs.kps_1 = output([1, 1600, 10], cell, [-1, -1, 1, -1, 0, 0, -1, 1, 1, 1])
  const names = (name: string) => [0, 1, 2].map((i) => `${name}_${i}`)
  const head: BoxesHead = {
    kind: 'boxes',
    scores: names('cls'),
    objectness: names('obj'),
    boxes: names('bbox'),
    keypoints: names('kps'),
    combine: 'root',
    form: 'exponential',
    grid: { strides: [8, 16, 32] },
    labels: ['face'],
  }
  const [face] = detect(head, outputs)
  assert.deepEqual([face?.label, face?.box], ['face', { xmin: 148, ymin: -18, xmax: 180, ymax: 22 }])
  assert.ok(Math.abs((face?.score ?? 0) - 0.9) < 1e-6)
  assert.deepEqual(face?.keypoints?.[0], { x: 152, y: -8 })
  assert.throws(() => detect({ ...head, grid: { strides: [8] } }, outputs), /head\.grid: expected places for the 8400/)
})

test('distances and prior boxes are counted from their cells: SCRFD, RetinaFace, BlazeFace', () => {
  const cells = (640 / 16) ** 2 * 2
  const row = (10 * 40 + 20) * 2 + 1
  const at = (head: Omit<BoxesHead, 'kind' | 'boxes' | 'scores'>, box: readonly number[]) =>
    detect(
      { kind: 'boxes', boxes: 'boxes', scores: 'scores', ...head },
      { boxes: output([cells, box.length], row, box), scores: output([cells, 1], row, [0.9]) },
    )[0]
  assert.deepEqual(at({ form: 'distances', grid: { strides: [16], perCell: 2 } }, [1, 2, 3, 4])?.box, {
    xmin: 152,
    ymin: -16,
    xmax: 184,
    ymax: 32,
  })
  const priors = { strides: [16], centre: 0.5, sizes: [[64, 128]] }
  assert.deepEqual(at({ form: 'priors', grid: priors }, [1, -1, Math.log(2) / 0.2, 0])?.box, {
    xmin: 106,
    ymin: -34,
    xmax: 234,
    ymax: 30,
  })
  const blaze = at(
    { form: 'offsets', columns: ['cx', 'cy', 'w', 'h', 'keypoints'], grid: { strides: [16], perCell: 2, centre: 0.5 } },
    [12, 8, 200, 100, -8, 0, 12, 8],
  )
  assert.deepEqual(blaze?.box, { xmin: 120, ymin: -17, xmax: 220, ymax: 33 })
  assert.deepEqual(blaze?.keypoints, [
    { x: 160, y: 4 },
    { x: 170, y: 8 },
  ])
})

test('maps have a row for each cell', () => {
  const cls = tensor('float32', new Float32Array(3 * 1600), [1, 3, 40, 40])
  const dis = tensor('float32', new Float32Array(4 * 1600), [1, 4, 40, 40])
  cls.data[1600 + 420] = 0.9
  for (const [i, value] of [1, 2, 3, 4].entries()) dis.data[i * 1600 + 420] = value
  const head: BoxesHead = {
    kind: 'boxes',
    boxes: 'dis',
    scores: 'cls',
    form: 'distances',
    grid: { strides: [16] },
    labels,
  }
  const [one, ...others] = detect(head, { dis, cls })
  assert.deepEqual([one?.label, one?.box, others.length], ['b', { xmin: 152, ymin: -16, xmax: 184, ymax: 32 }, 0])
})

test('classes may be numbers, or have one that means nothing', () => {
  const boxes = output([1, 2, 4], 0, [0.1, 0.2, 0.5, 0.6])
  const numbered = detect(
    { kind: 'boxes', boxes: 'boxes', scores: 'scores', classes: 'classes', columns: ['y0', 'x0', 'y1', 'x1'] },
    { boxes, scores: output([1, 2], 0, [0.9, 0.2]), classes: output([1, 2], 0, [17, 1]) },
  )
  assert.deepEqual(
    numbered.map(({ label, box }) => [label, box.xmin, box.xmax]),
    [['LABEL_17', 64, 192]],
  )
  const logits = tensor('float32', Float32Array.of(0, 6, 0, -1, -9, -9, -9, 9), [1, 2, 4])
  const head: BoxesHead = { kind: 'boxes', boxes: 'boxes', scores: 'logits', apply: 'softmax', background: 'last' }
  assert.deepEqual(
    detect(head, { boxes, logits }).map(({ label }) => label),
    ['LABEL_1'],
  )
})

test('columns that do not fit the output are told', () => {
  const out = output([1, 300, 6], 0, [220, 190, 420, 290, 0.9, 2])
  const boxes = (...columns: NonNullable<BoxesHead['columns']>) => detect({ kind: 'boxes', columns }, { out })
  assert.throws(() => boxes('x0', 'y0', 'x1', 'y1', 'score'), /head\.columns: expected names for the 6 columns/)
  assert.throws(() => boxes('x0', 'y0', 'x1', 'y1', 'skip', 'skip'), /head\.scores: expected the output or column/)
  assert.throws(() => boxes('cx', 'cy', 'x1', 'y1', 'score', 'label'), /head\.columns: expected x0, y0, x1, y1/)
})

test('an output in the middle of whose rows lie the cells is read as rows: YOLO 4', () => {
  const sizes = [
    [
      [10, 20],
      [30, 40],
    ],
  ] as const
  const columns = ['cx', 'cy', 'w', 'h', 'objectness', 'scores'] as const
  const head = { kind: 'boxes', columns, form: 'anchors', apply: 'sigmoid', grid: { strides: [320], sizes } } as const
  // Row 5: the second prior box of the cell at (0, 320).
  const empty = Array.from({ length: 8 }, () => [0, 0, 0, 0, -9, 0, 0]).flat()
  const data = Float32Array.from(empty)
  data.set([0, 0, Math.log(2), 0, 9, -9, 9], 5 * 7)
  const cells = tensor('float32', data, [1, 2, 2, 2, 7])
  const [only] = detect({ ...head, labels }, { cells })
  assert.deepEqual([only?.label, only?.box], ['b', { xmin: 65, ymin: 150, xmax: 95, ymax: 170 }])
  // The same as a map [1, 14, 2, 2].
  const map = new Float32Array(56)
  for (let cell = 0; cell < 4; cell++)
    for (let channel = 0; channel < 14; channel++) map[channel * 4 + cell] = data[cell * 14 + channel] as number
  assert.deepEqual(detect({ ...head, labels }, { map: tensor('float32', map, [1, 14, 2, 2]) }), [only])
})

test('distances may be told as scores for each length: NanoDet', () => {
  // Length 3 and 1 with equal scores make 2 strides; the cell is at (320, 320) in the input.
  const side = [-99, 5, -99, 5]
  const values = [0.1, 0.9, ...side, ...side, ...side, ...side]
  const out = output([1, 4, 18], 3, values)
  const [only] = detect(
    {
      kind: 'boxes',
      columns: ['scores', 'x0', 'y0', 'x1', 'y1'],
      form: 'distances',
      bins: 4,
      grid: { strides: [320] },
    },
    { out },
  )
  assert.equal(only?.label, 'LABEL_1')
  assert.deepEqual(only?.box, { xmin: -160, ymin: -240, xmax: 480, ymax: 400 })
})

test('points may have their columns in another order: MoveNet for several people', () => {
  const out = output([1, 6, 11], 0, [0.5, 0.25, 0.7, 0.75, 0.5, 0.6, 0.25, 0.125, 0.75, 0.875, 0.9])
  const [only] = detect(
    { kind: 'boxes', columns: ['keypoints', 'y0', 'x0', 'y1', 'x1', 'score'], point: ['y', 'x', 'score'], nms: 1 },
    { out },
  )
  assert.deepEqual(only?.box, { xmin: 40, ymin: 0, xmax: 280, ymax: 160 })
  assert.deepEqual(
    only?.keypoints?.map(({ x, y }) => [x, y]),
    [
      [80, 80],
      [160, 160],
    ],
  )
})

test('masks are made of prototypes, inside their boxes: YOLO for segmentation', () => {
  const out = output([1, 4 + 1 + 2, 8400], 7, [320, 240, 200, 100, 0.9, 1, -1], true)
  // The first prototype holds in the left half, the second nowhere.
  const prototypes = new Float32Array(2 * 16 * 16).map((_, i) => (i < 256 ? (i % 16 < 8 ? 1 : -1) : 0))
  const outputs = { out, prototypes: tensor('float32', prototypes, [1, 2, 16, 16]) }
  const [only] = detect(yoloBoxes({ kind: 'yolo', masks: 'prototypes' }, out.dims, 2), outputs)
  const { mask } = only as { mask: { width: number; data: Uint8Array } }
  assert.equal(mask.data.filter((value) => value === 255).length, 50 * 50)
  const at = (x: number, y: number) => mask.data[y * mask.width + x]
  assert.deepEqual([at(110, 15), at(159, 64), at(160, 30), at(109, 30)], [255, 255, 0, 0])
})

test('overlapping boxes may be blended into the best of them: MediaPipe', () => {
  const boxes = [
    [100, 200, 300, 400, 100, 200],
    [110, 210, 310, 410, 110, 220],
    [500, 200, 600, 300, 500, 200],
  ]
  const outputs = {
    boxes: tensor('float32', Float32Array.from(boxes.flat()), [1, 3, 6]),
    scores: tensor('float32', Float32Array.of(0.75, 0.5, 0.625), [1, 3, 1]),
  }
  const columns = ['x0', 'y0', 'x1', 'y1', 'keypoints'] as const
  const head = {
    kind: 'boxes',
    boxes: 'boxes',
    scores: 'scores',
    columns,
    relative: false,
    nms: 0.3,
    blend: true,
    threshold: 0.4,
  } as const
  const [first, second, ...others] = detect(head, outputs)
  assert.deepEqual(others, [])
  assert.deepEqual([first?.score, first?.box], [0.75, { xmin: 52, ymin: 22, xmax: 152, ymax: 122 }])
  assert.deepEqual(first?.keypoints, [{ x: 52, y: 24 }])
  assert.deepEqual([second?.score, second?.box], [0.625, { xmin: 250, ymin: 20, xmax: 300, ymax: 70 }])
})
