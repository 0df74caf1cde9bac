import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mendNormalizers, mendSplitters } from './library.ts'

/** Parts as the library makes them. */
async function parts(normalizer: object | null, pre_tokenizer: object | null = null) {
  const { Tokenizer } = await import('@huggingface/tokenizers')
  const model = { type: 'WordPiece', unk_token: '[UNK]', vocab: { '[UNK]': 0 } }
  const made = new Tokenizer(
    { normalizer, pre_tokenizer, model, post_processor: null, decoder: null, added_tokens: [] },
    {},
  )
  mendNormalizers(made.normalizer, normalizer)
  mendSplitters(made.pre_tokenizer, pre_tokenizer)
  return {
    normalize: (text: string) => (made.normalizer as unknown as (text: string) => string)(text),
    split: (text: string) => (made.pre_tokenizer as unknown as (text: string) => string[])(text),
  }
}

test('a sigma at the end of a word becomes small as any other', async () => {
  const { normalize } = await parts({ type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Lowercase' }] })
  assert.equal(normalize('ΟΔΟΣ Aς'), 'οδοσ aς')
})

test('BERT sets rare Chinese characters apart, too', async () => {
  const { normalize } = await parts({
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    lowercase: true,
  })
  assert.equal(normalize('ẞ\u{20000}猫ΑΣ'), 'ß \u{20000}  猫 ασ')
})

test('only what Unicode calls white space parts words', async () => {
  const whole = await parts(null, { type: 'WhitespaceSplit' })
  assert.deepEqual(whole.split('a\u0085b\ufeffc d'), ['a', 'b\ufeffc', 'd'])
  const bytes = await parts(null, { type: 'Sequence', pretokenizers: [{ type: 'ByteLevel', add_prefix_space: false }] })
  assert.deepEqual(bytes.split('\ufeff\\ a'), ['ï»¿\\', 'Ġa'])
})
