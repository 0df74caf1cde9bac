import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SpaceError } from '#core/errors.ts'
import type { Json, Model } from '../task.ts'
import { sentencePieceDefinition } from './sentence-piece-files.ts'
import { openTokenizer } from './tokenizer.ts'

const entry = (tag: number, bytes: Uint8Array): number[] => [tag, bytes.length, ...bytes]
const text = (value: string) => entry(0x0a, new TextEncoder().encode(value))

function piece(value: string, score: number, type = 1): number[] {
  const float = new Uint8Array(Float32Array.of(score).buffer)
  return entry(0x0a, Uint8Array.of(...text(value), 0x15, ...float, 0x18, type))
}

/** Pieces, and behind them the kind of model (1 unigram, 2 byte pairs). */
const pieces = (list: readonly number[][], kind = 1) =>
  Uint8Array.of(...list.flat(), ...entry(0x12, Uint8Array.of(0x18, kind)))

const WORDS = [piece('▁a', -1), piece('▁', -2), piece('b', -3), piece('a', -4), piece('▁cat', -1.5)]
const SIGLIP = pieces([piece('<pad>', 0, 3), piece('</s>', 0, 3), piece('<unk>', 0, 2), ...WORDS])
const XLM = pieces([piece('<unk>', 0, 2), piece('<s>', 0, 3), piece('</s>', 0, 3), ...WORDS])

function modelOf(file: string, bytes: Uint8Array, config: Json): Model {
  const has = (name: string) => name === file
  return {
    config: {},
    has,
    json: async (name: string) => (name === 'tokenizer_config.json' ? config : null),
    bytes: async (name: string) => {
      if (has(name)) return bytes
      throw new SpaceError('model-file-missing', { model: 'tiny', file: name })
    },
    broken: (name: string, reason: string) => new SpaceError('model-broken', { model: 'tiny', file: name, reason }),
  } as unknown as Model
}

test('SigLIP’s pieces alone are a tokenizer: small letters, no punctuation, an end', async () => {
  const model = modelOf('spiece.model', SIGLIP, { tokenizer_class: 'SiglipTokenizer', model_max_length: 4 })
  const tokenizer = await openTokenizer(model)
  assert.deepEqual(tokenizer.encode('A  Cat, a-b? ').ids, [3, 7, 3, 5, 1])
  assert.deepEqual([...tokenizer.batch(['a'], { padding: 'max' }).input_ids.data].map(Number), [3, 1, 1, 1])
  assert.deepEqual(tokenizer.encode('é</s>').ids, [4, 2, 1, 1])
  assert.equal(tokenizer.decode([3, 7, 1], { special: false }), 'a cat')
})

test('XLM-RoBERTa numbers the pieces as fairseq does', async () => {
  const model = modelOf('sentencepiece.bpe.model', XLM, { tokenizer_class: 'XLMRobertaTokenizerFast' })
  const tokenizer = await openTokenizer(model)
  assert.deepEqual(tokenizer.encode('a A<mask>').ids, [0, 4, 5, 3, 9, 2])
  assert.deepEqual(tokenizer.encode('a', { pair: 'cat' }).ids, [0, 4, 2, 2, 8, 2])
  assert.equal(tokenizer.padId, 1)
})

test('pieces of another kind, of an unknown class or cut off are no tokenizer', async () => {
  assert.equal(sentencePieceDefinition(pieces(WORDS, 2), 'SiglipTokenizer', {}), null)
  const missing = openTokenizer(modelOf('spiece.model', SIGLIP, { tokenizer_class: 'UnheardTokenizer' }))
  await assert.rejects(missing, { code: 'model-file-missing' })
  const cut = openTokenizer(modelOf('spiece.model', Uint8Array.of(0x0a), { tokenizer_class: 'SiglipTokenizer' }))
  await assert.rejects(cut, { message: /spiece\.model.* it holds no pieces that can be read/ })
})
