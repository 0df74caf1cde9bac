import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json, Model } from '../task.ts'
import { openTokenizer } from './tokenizer.ts'

/** A model of these files: texts as they are, objects as JSON. */
function modelOf(files: Readonly<Record<string, string | Json>>): Model {
  return {
    has: (file: string) => file in files,
    json: async (file: string) => files[file] ?? null,
    bytes: async (file: string) => new TextEncoder().encode(String(files[file])),
    broken: (file: string, reason: string) => new Error(`${file}: ${reason}`),
  } as unknown as Model
}

const WORDS = '[PAD]\n[UNK]\n[CLS]\n[SEP]\na\ncat\nCat\n##s\n日\n本\n'

test('BERT’s vocabulary alone is a tokenizer', async () => {
  const { encode } = await openTokenizer(modelOf({ 'vocab.txt': WORDS, 'tokenizer_config.json': {} }))
  assert.deepEqual(encode('A Cats 日本 zebra').ids, [2, 4, 5, 7, 8, 9, 1, 3])
  assert.deepEqual(encode('a', { pair: 'cat' }).types, [0, 0, 0, 1, 1])
})

test('a BERT that tells capitals apart says so in its configuration', async () => {
  const files = { 'vocab.txt': WORDS, 'tokenizer_config.json': { do_lower_case: false } }
  assert.deepEqual((await openTokenizer(modelOf(files))).encode('a Cat').ids, [2, 4, 6, 3])
})

const BYTES = { '<s>': 0, '<pad>': 1, '</s>': 2, '<unk>': 3, a: 4, b: 5, ab: 6, Ġ: 7, Ġa: 8 }
const MERGES = '#version: 0.2\na b\nĠ a\n'

test('RoBERTa’s vocabulary and merges are a tokenizer', async () => {
  const files = { 'vocab.json': BYTES, 'merges.txt': MERGES, 'special_tokens_map.json': { pad_token: '<pad>' } }
  const tokenizer = await openTokenizer(modelOf(files))
  assert.deepEqual(tokenizer.encode('ab a').ids, [0, 6, 8, 2])
  assert.deepEqual([...tokenizer.batch(['ab a', 'b']).input_ids.data].map(Number), [0, 6, 8, 2, 0, 5, 2, 1])
})

test('GPT-2 puts nothing around a text', async () => {
  const files = { 'vocab.json': { '<|endoftext|>': 0, a: 1, b: 2, ab: 3 }, 'merges.txt': MERGES }
  const { encode } = await openTokenizer(modelOf(files))
  assert.deepEqual([encode('ab').ids, encode('').ids, encode('ab').types], [[3], [], [0]])
})

const unigram = {
  normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
  model: {
    type: 'Unigram',
    unk_id: 0,
    vocab: [
      ['<unk>', 0],
      ['a', -1],
      ['A', -1],
      ['▁', -1],
    ],
  },
  added_tokens: [],
}

test('SigLIP 2 reads small letters, whatever tokenizer.json leaves to its class', async () => {
  const ids = async (tokenizer_class: string) =>
    (await openTokenizer(modelOf({ 'tokenizer.json': unigram, 'tokenizer_config.json': { tokenizer_class } }))).encode(
      'A a',
    ).ids
  assert.deepEqual(await ids('Siglip2Tokenizer'), [1, 3, 1])
  assert.deepEqual(await ids('GemmaTokenizerFast'), [2, 3, 1])
})

test('Gemma’s tokenizers pad at the beginning, unless they say where', async () => {
  const ids = async (config: Json) => {
    const tokenizer = await openTokenizer(modelOf({ 'tokenizer.json': unigram, 'tokenizer_config.json': config }))
    return [...tokenizer.batch(['a', 'aA']).input_ids.data].map(Number)
  }
  const tokenizer_class = 'GemmaTokenizerFast'
  assert.deepEqual(await ids({ tokenizer_class }), [0, 1, 1, 2])
  assert.deepEqual(await ids({ tokenizer_class, padding_side: 'right' }), [1, 0, 1, 2])
})

test('tokens that only the configuration knows are tokens', async () => {
  const config = { added_tokens_decoder: { 4: { content: '<image>', special: true, normalized: false } } }
  const { encode } = await openTokenizer(modelOf({ 'tokenizer.json': unigram, 'tokenizer_config.json': config }))
  assert.deepEqual(encode('a<image>').ids, [1, 4])
})
