import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json, Model } from '../task.ts'
import { openTokenizer } from './tokenizer.ts'

/** A model of these files: texts as they are, objects as JSON. */
function modelOf(files: Readonly<Record<string, string | Json>>, config: Json = {}): Model {
  return {
    config,
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

test('SigLIP reads no punctuation, whatever tokenizer.json keeps of it', async () => {
  const files = { 'tokenizer.json': unigram, 'tokenizer_config.json': { tokenizer_class: 'SiglipTokenizer' } }
  assert.deepEqual((await openTokenizer(modelOf(files))).encode('<a>/A-a\\').ids, [1, 2, 1])
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

test('what the configuration names as special is a token of its own', async () => {
  const ids = async (config: Json) =>
    (await openTokenizer(modelOf({ 'tokenizer.json': unigram, 'tokenizer_config.json': config }))).encode('aA a').ids
  assert.deepEqual(await ids({}), [1, 2, 3, 1])
  const config = { pad_token: { content: 'A', rstrip: true }, mask_token: '<mask>', cls_token: null }
  assert.deepEqual(await ids(config), [1, 2, 1])
})

const pieces = (text: string) => Object.fromEntries(text.split(' ').map((piece, id) => [piece, id]))

test('a BERT tells no capitals apart unless its configuration says so, named by its files or by its model', async () => {
  const wordPiece = {
    normalizer: { type: 'BertNormalizer', clean_text: true, lowercase: false, strip_accents: false },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    model: { type: 'WordPiece', unk_token: '[UNK]', vocab: pieces('[UNK] cafe Café') },
  }
  const ids = async (config: Json, model_type: string) => {
    const files = { 'tokenizer.json': wordPiece, 'tokenizer_config.json': config }
    return (await openTokenizer(modelOf(files, { model_type }))).encode('Café').ids
  }
  assert.deepEqual(await ids({}, 'unheard-of'), [2])
  assert.deepEqual(await ids({}, 'vilt'), [1])
  assert.deepEqual(await ids({ tokenizer_class: 'BertTokenizerFast' }, 'unheard-of'), [1])
  assert.deepEqual(await ids({ do_lower_case: false }, 'vilt'), [2])
})

test('whether RoBERTa’s texts begin with a space is said by its configuration alone', async () => {
  const bytes = {
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: true },
    model: { type: 'BPE', unk_token: null, vocab: pieces('a Ġ Ġa'), merges: ['Ġ a'] },
  }
  const ids = async (config: Json) =>
    (await openTokenizer(modelOf({ 'tokenizer.json': bytes, 'tokenizer_config.json': config }))).encode('a').ids
  assert.deepEqual(await ids({}), [2])
  assert.deepEqual(await ids({ tokenizer_class: 'RobertaTokenizer' }), [0])
  assert.deepEqual(await ids({ tokenizer_class: 'RobertaTokenizer', add_prefix_space: true }), [2])
  assert.deepEqual(await ids({ tokenizer_class: 'LayoutLMv3Tokenizer' }), [2])
})

test('space around a text is no part of it for XLM-RoBERTa', async () => {
  const definition = { ...unigram, normalizer: null, pre_tokenizer: { type: 'Metaspace', prepend_scheme: 'always' } }
  const ids = async (config: Json) =>
    (await openTokenizer(modelOf({ 'tokenizer.json': definition, 'tokenizer_config.json': config }))).encode('a a ').ids
  assert.deepEqual(await ids({}), [3, 1, 3, 1, 3])
  assert.deepEqual(await ids({ tokenizer_class: 'XLMRobertaTokenizer' }), [3, 1, 3, 1])
})

test('a text is filled up with what the class takes where nobody says it', async () => {
  const { padId } = await openTokenizer(
    modelOf({
      'tokenizer.json': {
        model: {
          ...unigram.model,
          vocab: [
            ['a', -1],
            ['<pad>', 0],
          ],
        },
      },
    }),
  )
  assert.equal(padId, 1)
})
