/** BERT's tokenizer from `vocab.txt`: the steps that transformers writes into `tokenizer.json` for it. */

import { specialToken, vocabularyOf } from './vocabulary.ts'

interface Fields {
  readonly [key: string]: unknown
}

const SPECIAL = { pad_token: '[PAD]', unk_token: '[UNK]', cls_token: '[CLS]', sep_token: '[SEP]', mask_token: '[MASK]' }

/**
 * @param config - `tokenizer_config.json`; its `do_lower_case`, `strip_accents` and names of special tokens count.
 * @returns what `tokenizer.json` would hold, or null where the vocabulary is not BERT's.
 */
export function bertDefinition(text: string, config: Fields): object | null {
  const vocab = vocabularyOf(text)
  const name = (key: keyof typeof SPECIAL) => tokenOf(config[key]) ?? SPECIAL[key]
  const [cls, sep] = [name('cls_token'), name('sep_token')]
  const [start, end] = [vocab[cls], vocab[sep]]
  if (start === undefined || end === undefined) return null
  const special = (Object.keys(SPECIAL) as (keyof typeof SPECIAL)[]).map(name).filter((token) => token in vocab)
  const piece = (id: string, type_id: number) => ({ SpecialToken: { id, type_id } })
  const part = (id: string, type_id: number) => ({ Sequence: { id, type_id } })
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((token) => specialToken(token, vocab[token] as number)),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars !== false,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case !== false,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [piece(cls, 0), part('A', 0), piece(sep, 0)],
      pair: [piece(cls, 0), part('A', 0), piece(sep, 0), part('B', 1), piece(sep, 1)],
      special_tokens: {
        [cls]: { id: cls, ids: [start], tokens: [cls] },
        [sep]: { id: sep, ids: [end], tokens: [sep] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: name('unk_token'),
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab,
    },
  }
}

/** Files name a token by its text, or describe it. */
const tokenOf = (value: unknown): string | null => {
  const text = typeof value === 'object' && value !== null ? (value as { content?: unknown }).content : value
  return typeof text === 'string' ? text : null
}
