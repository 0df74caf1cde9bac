/**
 * The tokenizers of GPT-2 and RoBERTa from `vocab.json` and `merges.txt`: the steps that transformers writes into
 * `tokenizer.json` for them.
 */

import { mergesOf, specialToken } from './vocabulary.ts'

interface Fields {
  readonly [key: string]: unknown
}

/** Both cut bytes the same way; RoBERTa puts these around a text. */
const ROBERTA = ['<s>', '<pad>', '</s>', '<unk>', '<mask>'] as const
const GPT2_END = '<|endoftext|>'

/** @returns what `tokenizer.json` would hold, or null where the vocabulary is of neither. */
export function byteLevelDefinition(vocab: Fields, merges: string, config: Fields): object | null {
  const [start, end] = [vocab['<s>'], vocab['</s>']]
  const roberta = typeof start === 'number' && typeof end === 'number'
  const special = (roberta ? [...ROBERTA] : [GPT2_END]).filter((token) => typeof vocab[token] === 'number')
  if (special.length === 0) return null
  const add_prefix_space = config.add_prefix_space === true
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((token) => specialToken(token, vocab[token] as number, token === '<mask>')),
    normalizer: null,
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space, trim_offsets: true, use_regex: true },
    post_processor: roberta
      ? { type: 'RobertaProcessing', sep: ['</s>', end], cls: ['<s>', start], trim_offsets: true, add_prefix_space }
      : { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false, use_regex: true },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: '',
      end_of_word_suffix: '',
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: mergesOf(merges),
    },
  }
}
