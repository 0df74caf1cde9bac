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

test('a folder without any tokenizer names the file that is missing', async () => {
  await assert.rejects(openTokenizer(modelOf({}), 'tokenizer/'), { message: /tokenizer\/tokenizer\.json/ })
})
