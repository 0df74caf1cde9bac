import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createContext } from '../../runtime/context.ts'
import { type Feeds, type Json, type Model, type Outputs, type Processed, type Session, tensor } from '../../task.ts'
import { exactLine, holds } from './line.ts'
import { readScalars } from './scalars.ts'
import { lineOf } from './scale.ts'
import { openTextScorer } from './scorer.ts'

const LETTERS = ['<pad>', '</s>', '<unk>', 'a', 'b', 'c']
const tokenizer = {
  truncation: null,
  padding: null,
  added_tokens: [],
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '</s>', type_id: 0 } }],
    pair: [],
    special_tokens: { '</s>': { id: '</s>', ids: [1], tokens: ['</s>'] } },
  },
  model: {
    type: 'WordPiece',
    unk_token: '<unk>',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(LETTERS.map((letter, id) => [letter, id])),
  },
}

/** What graphs of the fake model made of their inputs: each run's texts, as tokens. */
type Runs = string[][]

const rowsOf = ({ dims: [count = 0, length = 0], data }: { dims: readonly number[]; data: ArrayLike<bigint> }) =>
  Array.from({ length: count }, (_, row) => Array.from({ length }, (_, i) => Number(data[row * length + i])).join(' '))

/** A text of one letter points its way, longer the further down the alphabet; the picture is its pixels. */
const featuresOf = (row: string) => {
  const angle = Number(row.split(' ')[0]) / 4
  return [3 * Math.cos(angle), 3 * Math.sin(angle)]
}

function graph(inputs: Session['inputs'], outputs: readonly string[], run: (feeds: Feeds) => Outputs): Session {
  const read = (results: Outputs, ...names: readonly string[]) => {
    const found = names.map((name) => results[name]).find((value) => value !== undefined)
    assert.ok(found, names.join())
    return found
  }
  return {
    file: 'onnx/model.onnx',
    inputs,
    outputs: outputs.map((name) => ({ name, type: 'float32', dims: ['n', 'd'] })),
    wants: (name) => inputs.some((input) => input.name === name),
    run: async (feeds) => run(feeds),
    output: read,
    floats: (results, ...names) => read(results, ...names) as ReturnType<Session['floats']>,
  }
}

const ids = (dims: (string | number)[]) => ({ name: 'input_ids', type: 'int64', dims })
const pixels = { name: 'pixel_values', type: 'float32', dims: ['n', 3, 1, 1] }

function textFeatures(feeds: Feeds, runs: Runs) {
  const rows = rowsOf(feeds.input_ids as never)
  runs.push(rows)
  return tensor('float32', Float32Array.from(rows.flatMap(featuresOf)), [rows.length, 2])
}
const imageFeatures = ({ pixel_values }: Feeds) =>
  tensor('float32', Float32Array.from(pixel_values?.data.slice(0, 2) as Float32Array), [1, 2])

function modelOf(sessions: Readonly<Record<string, Session>>, config: Json): Model {
  const files: Json = { 'tokenizer.json': tokenizer, 'tokenizer_config.json': { pad_token: '<pad>' } }
  return {
    id: 'fake',
    folder: '/nowhere',
    config,
    has: (file: string) => file in files,
    json: async (file: string) => files[file] ?? null,
    hasSession: (base: string) => base in sessions,
    session: async (base = 'model') => sessions[base],
    broken: (file: string, reason: string) => new Error(`${file}: ${reason}`),
  } as unknown as Model
}

const picture = (x: number, y: number) =>
  ({ pixel_values: tensor('float32', Float32Array.of(x, y, 0), [1, 3, 1, 1]) }) as unknown as Processed
const context = () => createContext(new AbortController().signal, () => {})

/** What cosines times `scale` plus `bias` are for a picture that lies at an angle. */
const wanted = (texts: readonly string[], angle: number, scale: number, bias = 0) =>
  texts.map((text) => scale * Math.cos(LETTERS.indexOf(text) / 4 - angle) + bias)
const near = (got: Float32Array, want: readonly number[]) => {
  assert.equal(got.length, want.length)
  for (const [i, value] of want.entries()) assert.ok(Math.abs((got[i] as number) - value) < 1e-3, `${got} ${want}`)
}

test('two halves make logits of cosines, and texts that were asked for before are not run again', async () => {
  const runs: Runs = []
  const text_model = graph([ids(['n', 'l'])], ['text_embeds'], (feeds) => ({ text_embeds: textFeatures(feeds, runs) }))
  const vision_model = graph([pixels], ['image_embeds'], (feeds) => ({ image_embeds: imageFeatures(feeds) }))
  const scorer = await openTextScorer(modelOf({ text_model, vision_model }, { model_type: 'clip' }))
  near(await scorer.logits(['a', 'c'], picture(2, 0), context()), wanted(['a', 'c'], 0, 100))
  near(await scorer.logits(['a', 'c'], picture(0, 5), context()), wanted(['a', 'c'], Math.PI / 2, 100))
  assert.equal(runs.length, 1)
  near(await scorer.logits(['c', 'b'], picture(2, 0), context()), wanted(['c', 'b'], 0, 100))
  assert.equal(runs.length, 2)
})

test('a text half that was exported for one text of fixed length is run once for each', async () => {
  const runs: Runs = []
  const text_model = graph([ids([1, 4])], ['pooler_output', 'last_hidden_state'], (feeds) => ({
    pooler_output: textFeatures(feeds, runs),
  }))
  const vision_model = graph([pixels], ['pooler_output'], (feeds) => ({ pooler_output: imageFeatures(feeds) }))
  const config = { model_type: 'siglip', logit_scale: Math.log(20), logit_bias: -3 }
  const scorer = await openTextScorer(modelOf({ text_model, vision_model }, config))
  near(await scorer.logits(['a', 'b c'], picture(1, 0), context()), wanted(['a', 'b'], 0, 20, -3))
  assert.deepEqual(runs, [['3 1 0 0'], ['4 5 1 0']])
})

/** One graph for both, as CLIP is exported. @param exact - whether its logits are what its features say. */
function whole(runs: Runs, scale = 30, exact = true): Session {
  const outputs = ['logits_per_image', 'text_embeds', 'image_embeds']
  return graph([ids(['n', 'l']), pixels], outputs, (feeds) => {
    const [text_embeds, image_embeds] = [textFeatures(feeds, runs), imageFeatures(feeds)]
    const [x = 0, y = 0] = image_embeds.data
    const logits = rowsOf(feeds.input_ids as never).map((row) => {
      const [u = 0, v = 0] = featuresOf(row)
      const cosine = (u * x + v * y) / 3 / Math.hypot(x, y)
      return scale * (exact ? cosine : cosine ** 3)
    })
    return {
      text_embeds,
      image_embeds,
      logits_per_image: tensor('float32', Float32Array.from(logits), [1, logits.length]),
    }
  })
}

/** A field of a protobuf message. */
const field = (number: number, value: Uint8Array | number): Buffer =>
  typeof value === 'number'
    ? Buffer.from([number * 8, value])
    : Buffer.concat([Buffer.from([number * 8 + 2, value.length]), value])

/** The file of a graph that holds these numbers: the first as a weight, the others as constants. */
function onnxOf(first: number, ...others: number[]): Buffer {
  const tensorOf = (value: number) =>
    Buffer.concat([field(2, 1), field(9, new Uint8Array(Float32Array.of(value).buffer))])
  const constant = (value: number) =>
    field(1, Buffer.concat([field(5, field(5, tensorOf(value))), field(4, Buffer.from('Constant'))]))
  const large = field(5, Buffer.concat([field(2, 1), field(9, new Uint8Array(100))]))
  const graph = Buffer.concat([large, field(5, tensorOf(first)), ...others.map(constant)])
  const length = [0x80 | (graph.length & 0x7f), graph.length >> 7]
  return Buffer.concat([field(1, 8), Buffer.from([7 * 8 + 2, ...length]), graph])
}

/** Does something with a model whose graph's file holds the logarithm of its scale. */
async function withFile(model: Model, work: (model: Model) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-scalars-'))
  try {
    await mkdir(join(folder, 'onnx'))
    await writeFile(join(folder, 'onnx/model.onnx'), onnxOf(0.5, 7, Math.log(30), -2))
    await work({ ...model, folder })
  } finally {
    await rm(folder, { recursive: true })
  }
}

test('single numbers are found in a graph’s file', async () => {
  await withFile(modelOf({}, {}), async ({ folder }) => {
    assert.deepEqual(readScalars(join(folder, 'onnx/model.onnx')), [0.5, 7, Math.fround(Math.log(30)), -2])
  })
})

test('of one graph the next picture with the same texts needs a single text', async () => {
  const runs: Runs = []
  await withFile(modelOf({ model: whole(runs) }, { model_type: 'clip' }), async (model) => {
    const scorer = await openTextScorer(model)
    near(await scorer.logits(['a', 'b', 'c'], picture(1, 0), context()), wanted(['a', 'b', 'c'], 0, 30))
    const later = await scorer.logits(['a', 'b', 'c'], picture(0, 1), context())
    near(later, wanted(['a', 'b', 'c'], Math.PI / 2, 30))
    assert.deepEqual(
      runs.map(({ length }) => length),
      [3, 1],
    )
    const fresh = await openTextScorer(model)
    assert.deepEqual(await fresh.logits(['a', 'b', 'c'], picture(0, 1), context()), later, 'whatever came before')
  })
})

test('a graph whose file does not hold its scale is run whole every time', async () => {
  const runs: Runs = []
  await withFile(modelOf({ model: whole(runs, 31) }, { model_type: 'clip' }), async (model) => {
    const scorer = await openTextScorer(model)
    await scorer.logits(['a', 'b', 'c'], picture(1, 0), context())
    near(await scorer.logits(['a', 'b', 'c'], picture(0, 1), context()), wanted(['a', 'b', 'c'], Math.PI / 2, 31))
  })
  assert.deepEqual(
    runs.map(({ length }) => length),
    [3, 3],
  )
})

test('a graph whose logits are something else is run whole every time', async () => {
  const runs: Runs = []
  await withFile(modelOf({ model: whole(runs, 30, false) }, { model_type: 'clip' }), async (model) => {
    const scorer = await openTextScorer(model)
    const first = await scorer.logits(['a', 'b', 'c'], picture(1, 1), context())
    assert.deepEqual(await scorer.logits(['a', 'b', 'c'], picture(1, 1), context()), first)
    assert.deepEqual(
      runs.map(({ length }) => length),
      [3, 3],
    )
  })
})

test('very many texts are run in parts', async () => {
  const runs: Runs = []
  await withFile(modelOf({ model: whole(runs) }, { model_type: 'clip' }), async (model) => {
    const scorer = await openTextScorer(model)
    const texts = Array.from({ length: 300 }, (_, i) => ['a', 'b', 'c'][i % 3] as string)
    near(await scorer.logits(texts, picture(1, 0), context()), wanted(texts, 0, 30))
    assert.deepEqual(
      runs.map(({ length }) => length),
      [256, 44],
    )
  })
})

test('a line is found where the points lie apart, and only where its numbers are known', () => {
  const [cosines, logits] = [
    [0.1, 0.2, 0.4],
    [-9, -7, -3],
  ]
  assert.deepEqual(exactLine(cosines, logits, true, [0.5, 20, -11]), { scale: 20, bias: -11 })
  assert.equal(exactLine(cosines, logits, true, [20, -11.5]), null)
  assert.equal(exactLine([0.1, 0.10001], [-9, -8.9998], true, [20, -11]), null)
  assert.deepEqual(exactLine([0.1, 0.5], [2, 10], false, [Math.log(20)]), { scale: 20, bias: 0 })
  assert.ok(holds({ scale: 20, bias: -11 }, [0.3], [-5]) && !holds({ scale: 20, bias: -11 }, [0.3], [-5.001]))
})

test('the two numbers are read from the weights that lie beside the graphs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-scale-'))
  try {
    const header = JSON.stringify({
      logit_bias: { dtype: 'BF16', shape: [1], data_offsets: [4, 6] },
      logit_scale: { dtype: 'F32', shape: [], data_offsets: [0, 4] },
    })
    const bytes = Buffer.alloc(8 + header.length + 6)
    bytes.writeBigUInt64LE(BigInt(header.length), 0)
    bytes.write(header, 8)
    bytes.writeFloatLE(2, 8 + header.length)
    bytes.writeUInt16LE(0xc150, 8 + header.length + 4)
    await writeFile(join(folder, 'model.safetensors'), bytes)
    const model = { ...modelOf({}, { model_type: 'siglip' }), folder, has: () => true } as Model
    assert.deepEqual(await lineOf(model), { scale: Math.exp(2), bias: -13 })
  } finally {
    await rm(folder, { recursive: true })
  }
})
