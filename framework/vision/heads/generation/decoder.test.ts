import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Feeds, Outputs, Session, Tensor } from '#vision/task.ts'
import { tensor } from '#vision/task.ts'
import { createDecoder, pickRows, type Run } from './decoder.ts'

/** A graph of the given inputs that notes what it is fed. */
function graph(names: Record<string, (number | string)[]>, answer: (feeds: Feeds) => Outputs) {
  const fed: Feeds[] = []
  const session: Session = {
    file: 'onnx/decoder.onnx',
    inputs: Object.entries(names).map(([name, dims]) => ({ name, type: 'float32', dims })),
    outputs: [],
    wants: (name) => name in names,
    async run(feeds) {
      fed.push(feeds)
      return answer(feeds)
    },
    output: (outputs, ...wanted) => wanted.map((name) => outputs[name]).find((value) => value) as Tensor,
    floats: (outputs, ...wanted) => wanted.map((name) => outputs[name]).find((value) => value) as Tensor<'float32'>,
  }
  return { session, fed }
}

const floats = (values: number[], dims: number[]) => tensor('float32', Float32Array.from(values), dims)
const run: Run = (session, feeds) => session.run(feeds)
const valuesOf = (feeds: Feeds | undefined, name: string) => Array.from(feeds?.[name]?.data ?? [], Number)
const idsOf = (feeds: Feeds | undefined) => valuesOf(feeds, 'input_ids')

test('a graph without a cache sees the whole text at each step', async () => {
  const { session, fed } = graph({ input_ids: ['b', 's'], encoder_hidden_states: ['b', 's', 2] }, ({ input_ids }) => {
    const [batch = 1, length = 1] = input_ids?.dims ?? []
    return {
      logits: floats(
        Array.from({ length: batch * length * 2 }, (_, i) => i),
        [batch, length, 2],
      ),
    }
  })
  const states = floats([1, 2, 3, 4], [1, 2, 2])
  const decoder = createDecoder({ first: session, later: null }, { encoder_hidden_states: states }, run)
  assert.deepEqual(await decoder.step([[7, 8]], [0]), [Float32Array.of(2, 3)])
  assert.deepEqual(
    await decoder.step(
      [
        [7, 8, 1],
        [7, 8, 2],
      ],
      [0, 0],
    ),
    [Float32Array.of(4, 5), Float32Array.of(10, 11)],
  )
  assert.deepEqual(idsOf(fed[1]), [7, 8, 1, 7, 8, 2])
  assert.deepEqual(fed[1]?.encoder_hidden_states?.dims, [2, 2, 2])
  assert.deepEqual(fed[1]?.encoder_attention_mask?.dims, [2, 2])
  assert.deepEqual(fed[1]?.attention_mask?.dims, [2, 3])
})

test('a cached graph is fed the last token, its own keys reordered, and the encoder’s keys of the first step', async () => {
  const names = {
    input_ids: ['b', 's'],
    use_cache_branch: [1],
    'past_key_values.0.decoder.key': ['b', 1, 'past', 1],
    'past_key_values.0.encoder.key': ['b', 1, 'source', 1],
  }
  const { session, fed } = graph(names, ({ input_ids, use_cache_branch }) => {
    const batch = input_ids?.dims[0] as number
    const later = use_cache_branch?.data[0] === 1
    return {
      logits: floats(new Array(batch).fill(0), [batch, 1, 1]),
      'present.0.decoder.key': floats(
        Array.from({ length: batch }, (_, i) => 10 * fed.length + i),
        [batch, 1, 1, 1],
      ),
      'present.0.encoder.key': later ? floats([], [0, 1, 0, 1]) : floats([5], [1, 1, 1, 1]),
    }
  })
  const decoder = createDecoder({ first: session, later: session }, {}, run)
  await decoder.step([[1, 2]], [0])
  await decoder.step(
    [
      [1, 2, 3],
      [1, 2, 4],
    ],
    [0, 0],
  )
  await decoder.step(
    [
      [1, 2, 4, 5],
      [1, 2, 4, 6],
    ],
    [1, 1],
  )

  assert.deepEqual(fed[0]?.['past_key_values.0.decoder.key']?.dims, [1, 1, 0, 1])
  assert.deepEqual(
    fed.map((feeds) => feeds.use_cache_branch?.data[0]),
    [0, 1, 1],
  )
  assert.deepEqual(fed.map(idsOf), [
    [1, 2],
    [3, 4],
    [5, 6],
  ])
  assert.deepEqual(valuesOf(fed[1], 'past_key_values.0.decoder.key'), [10, 10])
  assert.deepEqual(valuesOf(fed[2], 'past_key_values.0.decoder.key'), [21, 21])
  assert.deepEqual(valuesOf(fed[2], 'past_key_values.0.encoder.key'), [5, 5])
  assert.equal(fed[2]?.['past_key_values.0.encoder.key'], fed[1]?.['past_key_values.0.encoder.key'])
  assert.deepEqual(valuesOf(fed[2], 'position_ids'), [3, 3])
})

test('two-part names of GPT-2 decoders are read from the graph', async () => {
  const { session, fed } = graph({ input_ids: ['b', 's'], 'past_key_values.0.key': ['b', 1, 'past', 1] }, () => ({
    logits: floats([0], [1, 1, 1]),
    'present.0.key': floats([9], [1, 1, 1, 1]),
  }))
  const decoder = createDecoder({ first: session, later: session }, {}, run)
  await decoder.step([[1]], [0])
  await decoder.step([[1, 2]], [0])
  assert.deepEqual(valuesOf(fed[1], 'past_key_values.0.key'), [9])
})

test('rows of a batch are picked in the order asked', () => {
  const picked = pickRows(floats([1, 2, 3, 4], [2, 2]), [1, 1, 0])
  assert.deepEqual([...picked.data], [3, 4, 3, 4, 1, 2])
  assert.deepEqual(picked.dims, [3, 2])
})
