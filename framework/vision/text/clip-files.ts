/**
 * CLIP's tokenizer from `vocab.json` and `merges.txt`: folders of Stable Diffusion are often older than `tokenizer.json`.
 * The steps are those that transformers writes into that file for CLIP.
 */

import { mergesOf, specialToken } from './vocabulary.ts'

const START = '<|startoftext|>'
const END = '<|endoftext|>'

/**
 * @param padding - what stands behind a text; the `!` of OpenCLIP is no part of a text then
 * @returns what `tokenizer.json` would hold, or null where the vocabulary is not CLIP's.
 */
export function clipDefinition(vocab: Readonly<Record<string, unknown>>, merges: string, padding = END): object | null {
  const [start, end, pad] = [vocab[START], vocab[END], vocab[padding]]
  if (typeof start !== 'number' || typeof end !== 'number') return null
  const special = [specialToken(START, start), specialToken(END, end)]
  if (typeof pad === 'number' && pad !== end) special.push(specialToken(padding, pad))
  return {
    version: '1.0',
    truncation: null,
    padding: { pad_id: pad ?? end },
    added_tokens: special,
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        { type: 'Lowercase' },
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        {
          type: 'Split',
          pattern: { Regex: "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+" },
          behavior: 'Removed',
          invert: true,
        },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    post_processor: {
      type: 'RobertaProcessing',
      sep: [END, end],
      cls: [START, start],
      trim_offsets: false,
      add_prefix_space: false,
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: END,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: mergesOf(merges),
    },
  }
}
