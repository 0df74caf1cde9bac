/**
 * A ViT-base classifier (Dosovitskiy et al. 2020: 12 layers, 768 wide, patches of 16 x 16 pixels of 224 x 224) as
 * Hugging Face's exporter writes it, with random weights: as large and as slow as the real one, and nothing to fetch.
 */

import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Attribute, type Graph, type Node, type Weight, writeOnnx } from './onnx-file.ts'

const WIDTH = 768
const LAYERS = 12
const HEADS = 12
const INNER = 3072
const PATCH = 16
export const SIDE = 224
const TOKENS = (SIDE / PATCH) ** 2 + 1
const CLASSES = 1000

/** Makes the folder once. @param external - weights in a file of their own, which workers can share. */
export function makeVit(cache: string, external: boolean): string {
  const folder = join(cache, external ? 'vit-base-external' : 'vit-base')
  if (existsSync(folder)) return folder
  const unfinished = `${folder}.${process.pid}`
  mkdirSync(join(unfinished, 'onnx'), { recursive: true })
  const path = join(unfinished, 'onnx', 'model.onnx')
  writeOnnx(path, vitGraph(), external ? `${path}_data` : null)
  const json = (name: string, value: object) => writeFileSync(join(unfinished, name), JSON.stringify(value))
  const labels = Array.from({ length: CLASSES }, (_, index) => [index, `class ${index}`])
  json('config.json', { model_type: 'vit', id2label: Object.fromEntries(labels) })
  json('preprocessor_config.json', {
    image_processor_type: 'ViTImageProcessor',
    do_resize: true,
    size: { height: SIDE, width: SIDE },
    resample: 2,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
  })
  renameSync(unfinished, folder)
  return folder
}

/** Collects nodes and weights while the layers are written down. */
function createBuilder() {
  const nodes: Node[] = []
  const weights: Weight[] = []
  const random = randomFloats()
  const add = (name: string, dims: readonly number[], data: Weight['data']) => {
    weights.push({ name, dims, data })
    return name
  }
  return {
    nodes,
    weights,
    op(op: string, inputs: readonly string[], attributes: Readonly<Record<string, Attribute>> = {}): string {
      const output = `${op}_${nodes.length}`
      nodes.push({ op, inputs, output, attributes })
      return output
    },
    /** Small random numbers. */
    weight: (name: string, ...dims: number[]) => add(name, dims, random(dims.reduce((a, b) => a * b))),
    filled: (name: string, value: number, ...dims: number[]) =>
      add(name, dims, new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(value)),
    shape: (name: string, ...dims: number[]) => add(name, [dims.length], BigInt64Array.from(dims, BigInt)),
    index: (name: string, value: number) => add(name, [], BigInt64Array.of(BigInt(value))),
  }
}

type Builder = ReturnType<typeof createBuilder>

/** Numbers between -0.035 and 0.035, the spread of trained weights; a linear congruential generator. */
function randomFloats(): (count: number) => Float32Array {
  let state = 1
  return (count) => {
    const values = new Float32Array(count)
    for (let i = 0; i < count; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) | 0
      values[i] = (state / 2 ** 31) * 0.035
    }
    return values
  }
}

function vitGraph(): Graph {
  const builder = createBuilder()
  const { op } = builder
  let x = embed(builder)
  for (let layer = 0; layer < LAYERS; layer++) x = block(builder, x, `layer.${layer}`)
  const first = op('Gather', [norm(builder, x, 'last'), builder.index('first', 0)], { axis: 1 })
  op('Identity', [linear(builder, first, 'classifier', WIDTH, CLASSES)])
  const nodes = builder.nodes.map((node, i) => (i === builder.nodes.length - 1 ? { ...node, output: 'logits' } : node))
  return {
    nodes,
    weights: builder.weights,
    input: { name: 'pixel_values', dims: ['batch_size', 3, SIDE, SIDE] },
    output: { name: 'logits', dims: ['batch_size', CLASSES] },
  }
}

/** Patches as tokens, the class token before them, positions added. */
function embed({ op, weight, shape, index }: Builder): string {
  const kernel = weight('patch.weight', WIDTH, 3, PATCH, PATCH)
  const patches = op('Conv', ['pixel_values', kernel, weight('patch.bias', WIDTH)], {
    kernel_shape: [PATCH, PATCH],
    strides: [PATCH, PATCH],
  })
  const rows = op('Reshape', [patches, shape('patch.shape', 0, WIDTH, -1)])
  const tokens = op('Transpose', [rows], { perm: [0, 2, 1] })
  const batch = op('Gather', [op('Shape', ['pixel_values']), index('batch', 0)], { axis: 0 })
  const count = op('Unsqueeze', [batch, shape('batch.axis', 0)])
  const size = op('Concat', [count, shape('class.shape', 1, WIDTH)], { axis: 0 })
  const first = op('Expand', [weight('class', 1, 1, WIDTH), size])
  return op('Add', [op('Concat', [first, tokens], { axis: 1 }), weight('positions', 1, TOKENS, WIDTH)])
}

function block(builder: Builder, x: string, name: string): string {
  const { op, filled } = builder
  const attended = op('Add', [attention(builder, norm(builder, x, `${name}.before`), name), x])
  const inner = linear(builder, norm(builder, attended, `${name}.after`), `${name}.up`, WIDTH, INNER)
  const erf = op('Erf', [op('Div', [inner, filled(`${name}.root`, Math.SQRT2)])])
  const gate = op('Add', [erf, filled(`${name}.one`, 1)])
  const gelu = op('Mul', [op('Mul', [inner, gate]), filled(`${name}.half`, 0.5)])
  return op('Add', [linear(builder, gelu, `${name}.down`, INNER, WIDTH), attended])
}

function attention(builder: Builder, x: string, name: string): string {
  const { op, shape, filled } = builder
  const side = WIDTH / HEADS
  const split = shape(`${name}.split`, 0, -1, HEADS, side)
  const heads = (part: string, perm: readonly number[]) =>
    op('Transpose', [op('Reshape', [linear(builder, x, `${name}.${part}`, WIDTH, WIDTH), split])], { perm })
  const scores = op('MatMul', [heads('query', [0, 2, 1, 3]), heads('key', [0, 2, 3, 1])])
  const scaled = op('Div', [scores, filled(`${name}.scale`, Math.sqrt(side))])
  const mixed = op('MatMul', [op('Softmax', [scaled], { axis: -1 }), heads('value', [0, 2, 1, 3])])
  const joined = op('Reshape', [op('Transpose', [mixed], { perm: [0, 2, 1, 3] }), shape(`${name}.join`, 0, -1, WIDTH)])
  return linear(builder, joined, `${name}.out`, WIDTH, WIDTH)
}

const linear = ({ op, weight }: Builder, x: string, name: string, from: number, to: number) =>
  op('Add', [op('MatMul', [x, weight(`${name}.weight`, from, to)]), weight(`${name}.bias`, to)])

const norm = ({ op, filled, weight }: Builder, x: string, name: string) =>
  op('LayerNormalization', [x, filled(`${name}.scale_weight`, 1, WIDTH), weight(`${name}.bias`, WIDTH)], {
    axis: -1,
    epsilon: { float: 1e-12 },
  })
