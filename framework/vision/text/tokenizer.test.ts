import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SpaceError } from '#core/errors.ts'
import type { Json, Model } from '../task.ts'
import { openTokenizer } from './tokenizer.ts'

const words = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', 'a', 'cat', 'dog', 'and', 'another']

const definition = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: words.slice(0, 4).map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  })),
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: {
    type: 'TemplateProcessing',
    single: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
    ],
    pair: [
      { SpecialToken: { id: '[CLS]', type_id: 0 } },
      { Sequence: { id: 'A', type_id: 0 } },
      { SpecialToken: { id: '[SEP]', type_id: 0 } },
      { Sequence: { id: 'B', type_id: 1 } },
      { SpecialToken: { id: '[SEP]', type_id: 1 } },
    ],
    special_tokens: {
      '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
      '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
    },
  },
  decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(words.map((word, id) => [word, id])),
  },
}

/** A model that is two files and nothing else. */
function model(config: Json, tokenizer: unknown = definition): Model {
  const files: Record<string, unknown> = { 'tokenizer.json': tokenizer, 'tokenizer_config.json': config }
  const missing = (file: string) => new SpaceError('model-file-missing', { model: 'test', file })
  return {
    config: {},
    id: 'test',
    has: (file: string) => files[file] !== null,
    json: async (file: string) => files[file] ?? null,
    bytes: async (file: string) => {
      throw missing(file)
    },
    broken: (file: string, reason: string) => new SpaceError('model-broken', { model: 'test', file, reason }),
  } as unknown as Model
}

const usual = { pad_token: '[PAD]', model_max_length: 6 }
const rows = (batch: { dims: readonly number[]; data: BigInt64Array }) => {
  const [count = 0, length = 0] = batch.dims
  return Array.from({ length: count }, (_, row) => [...batch.data.slice(row * length, (row + 1) * length)].map(Number))
}

test('texts are filled up to the longest, and the mask says which places count', async () => {
  const batch = (await openTokenizer(model(usual))).batch(['a cat', 'Dog'])
  assert.deepEqual(rows(batch.input_ids), [
    [2, 4, 5, 3],
    [2, 6, 3, 0],
  ])
  assert.deepEqual(rows(batch.attention_mask), [
    [1, 1, 1, 1],
    [1, 1, 1, 0],
  ])
})

test('a text that is too long is cut, and still ends as the model expects', async () => {
  const tokenizer = await openTokenizer(model(usual))
  const { input_ids } = tokenizer.batch(['a cat and a dog and another cat'])
  assert.deepEqual(rows(input_ids), [[2, 4, 5, 7, 4, 3]])
  assert.deepEqual(rows(tokenizer.batch(['a cat and a dog'], { maxLength: 3 }).input_ids), [[2, 4, 3]])
})

test('some models want every text at full length', async () => {
  const { input_ids } = (await openTokenizer(model(usual))).batch(['cat'], { padding: 'max' })
  assert.deepEqual(rows(input_ids), [[2, 5, 3, 0, 0, 0]])
})

test('without a limit in the files nothing is cut, and full length is the longest', async () => {
  const tokenizer = await openTokenizer(model({ ...usual, model_max_length: 1e30 }))
  assert.equal(tokenizer.maxLength, Infinity)
  assert.equal(tokenizer.batch(['a cat and a dog and another cat'], { padding: 'max' }).input_ids.dims[1], 10)
})

test('padding and cutting may be at the beginning', async () => {
  const tokenizer = await openTokenizer(model({ ...usual, padding_side: 'left', truncation_side: 'left' }))
  const { input_ids } = tokenizer.batch(['cat', 'a cat and a dog and another'])
  assert.deepEqual(rows(input_ids), [
    [0, 0, 0, 2, 5, 3],
    [2, 4, 6, 7, 8, 3],
  ])
})

test('a pair of texts is told apart', async () => {
  const { ids, types } = (await openTokenizer(model(usual))).encode('a cat', { pair: 'dog' })
  assert.deepEqual(
    [ids, types],
    [
      [2, 4, 5, 3, 6, 3],
      [0, 0, 0, 0, 1, 1],
    ],
  )
})

test('tokens become text again, with or without the special ones', async () => {
  const tokenizer = await openTokenizer(model(usual))
  assert.equal(tokenizer.decode([2, 4, 5, 3], { special: false }), 'a cat')
  assert.equal(tokenizer.decode([4, 5, 3]), 'a cat [SEP]')
  assert.equal(tokenizer.decode([]), '')
  assert.deepEqual([tokenizer.idOf('cat'), tokenizer.tokenOf(6), tokenizer.idOf('zebra')], [5, 'dog', undefined])
})

test('a missing or unusable tokenizer is named', async () => {
  await assert.rejects(openTokenizer(model({}, null)), { code: 'model-file-missing' })
  await assert.rejects(openTokenizer(model({}, { model: { type: 'Abacus' } })), { code: 'model-broken' })
})

test('RoBERTa tells two texts apart by what stands between them alone', async () => {
  const post_processor = { type: 'RobertaProcessing', sep: ['[SEP]', 3], cls: ['[CLS]', 2], trim_offsets: true }
  const tokenizer = await openTokenizer(model(usual, { ...definition, post_processor }))
  assert.deepEqual(tokenizer.encode('a cat', { pair: 'dog' }), {
    ids: [2, 4, 5, 3, 3, 6, 3],
    types: [0, 0, 0, 0, 0, 0, 0],
  })
})
