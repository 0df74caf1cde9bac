import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { SpaceError } from '#core/errors.ts'
import type { Json, Model } from '../task.ts'
import { openTokenizer } from './tokenizer.ts'

const folder = new URL('../../../test/fixtures/hf-tiny/sd/tokenizer/', import.meta.url)
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'))

/** A model of these files. */
function modelOf(files: Readonly<Record<string, unknown>>): Model {
  const named = (file: string) => {
    if (file in files) return files[file]
    throw new SpaceError('model-file-missing', { model: 'tiny', file })
  }
  return {
    config: {},
    has: (file: string) => file in files,
    json: async (file: string) => (file in files ? (files[file] as Json) : null),
    bytes: async (file: string) => new TextEncoder().encode(String(named(file))),
    broken: (file: string, reason: string) => new SpaceError('model-broken', { model: 'tiny', file, reason }),
  } as unknown as Model
}

test('a vocabulary and its merges make the tokenizer that tokenizer.json makes', async () => {
  const definition = read('tokenizer.json')
  const config = read('tokenizer_config.json')
  const { vocab, merges } = definition.model as { vocab: object; merges: [string, string][] }
  const old = await openTokenizer(
    modelOf({
      'tokenizer/vocab.json': { ...vocab, '<|startoftext|>': 398, '<|endoftext|>': 399 },
      'tokenizer/merges.txt': `#version: 0.2\n${merges.map((pair) => pair.join(' ')).join('\n')}\n`,
      'tokenizer/tokenizer_config.json': { ...config, tokenizer_class: 'CLIPTokenizer' },
    }),
    'tokenizer/',
  )
  const asClips = { ...definition, model: { ...definition.model, unk_token: '<|endoftext|>' } }
  const usual = await openTokenizer(modelOf({ 'tokenizer.json': asClips, 'tokenizer_config.json': config }))
  for (const text of ['a photo of a cat', '', "A Cat's 2 pictures,  really", 'two\ncats and traffic lights']) {
    assert.deepEqual(old.encode(text).ids, usual.encode(text).ids, text)
  }
  const padded = old.batch(['a cat', ''], { padding: 'max' })
  assert.deepEqual(padded.input_ids, usual.batch(['a cat', ''], { padding: 'max' }).input_ids)
})

test('OpenCLIP’s padding is no word of a text, wherever the files say what it is', async () => {
  const { vocab, merges } = read('tokenizer.json').model as { vocab: object; merges: [string, string][] }
  const files = {
    'vocab.json': { ...vocab, '<|startoftext|>': 398, '<|endoftext|>': 399 },
    'merges.txt': `#version: 0.2\n${merges.map((pair) => pair.join(' ')).join('\n')}\n`,
  }
  const idsWith = async (config: object, special: object) => {
    const model = modelOf({ ...files, 'tokenizer_config.json': config, 'special_tokens_map.json': special })
    return Array.from((await openTokenizer(model)).batch(['wow!! a DOG?'], { padding: 'max' }).input_ids.data, Number)
  }
  const limit = { model_max_length: 14 }
  // As CLIPTokenizer of transformers 5.18 reads such folders; the tiny vocabulary has no “!” that ends a word.
  const plain = [398, 86, 78, 258, 0, 399, 272, 376, 262, 399, 399, 399, 399, 399]
  const open = [398, 86, 78, 258, 0, 0, 272, 376, 262, 399, 0, 0, 0, 0]
  assert.deepEqual(await idsWith(limit, {}), plain)
  assert.deepEqual(await idsWith({ ...limit, pad_token: '!' }, {}), open)
  assert.deepEqual(await idsWith({ ...limit, pad_token: '<|endoftext|>' }, { pad_token: '!' }), open)
  const newer = { ...limit, pad_token: '!', added_tokens_decoder: {} }
  assert.deepEqual(await idsWith(newer, { pad_token: '<|endoftext|>' }), open)
})

test('a folder without any tokenizer names the file that is missing', async () => {
  await assert.rejects(openTokenizer(modelOf({}), 'tokenizer/'), { message: /tokenizer\/tokenizer\.json/ })
})
