/**
 * CLIP's tokenizer from `vocab.json` and `merges.txt`: folders of Stable Diffusion are often older than `tokenizer.json`.
 * The steps are those that transformers writes into that file for CLIP.
 */

import { mergesOf, specialToken } from './vocabulary.ts'

const START = '<|startoftext|>'
const END = '<|endoftext|>'

/** @returns what `tokenizer.json` would hold, or null where the vocabulary is not CLIP's. */
export function clipDefinition(vocab: Readonly<Record<string, unknown>>, merges: string): object | null {
  const [start, end] = [vocab[START], vocab[END]]
  if (typeof start !== 'number' || typeof end !== 'number') return null
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [specialToken(START, start), specialToken(END, end)],
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
