/**
 * What Python's tokenizer classes make themselves, whatever `tokenizer.json` says: each builds the parts below from
 * `tokenizer_config.json` and its own defaults.
 */

import type { Json } from '../task.ts'

/** Classes of models whose files name none. */
const OF_MODELS: readonly (readonly [tokenizer: string, models: readonly string[]])[] = [
  [
    'BertTokenizer',
    ['align', 'blip', 'chinese_clip', 'flava', 'git', 'grounding-dino', 'layoutlm', 'mm-grounding-dino', 'vilt'],
  ],
  ['LayoutLMv2Tokenizer', ['layoutlmv2']],
  ['LayoutLMv3Tokenizer', ['layoutlmv3']],
  ['RobertaTokenizer', ['bridgetower', 'florence2', 'lilt']],
  ['SiglipTokenizer', ['siglip']],
  ['Siglip2Tokenizer', ['siglip2']],
  ['XLMRobertaTokenizer', ['metaclip_2', 'trocr']],
]

/** The name of the class, without `Fast`; empty where nothing says it. */
export function tokenizerClass({ tokenizer_class }: Json, modelType: unknown): string {
  if (typeof tokenizer_class === 'string') return tokenizer_class.replace(/Fast$/, '')
  return OF_MODELS.find(([, models]) => models.includes(String(modelType)))?.[0] ?? ''
}

/** Classes that pad at the beginning where their configuration does not say. */
export const FROM_THE_LEFT: ReadonlySet<string> = new Set(['GemmaTokenizer', 'Siglip2Tokenizer', 'LlamaTokenizer'])

type Remake = (definition: Json, config: Json) => Json

const typeOf = (part: unknown): unknown => (part as Json | null | undefined)?.type

const bert: Remake = ({ normalizer }, config) =>
  typeOf(normalizer) === 'BertNormalizer'
    ? {
        normalizer: {
          ...(normalizer as Json),
          lowercase: config.do_lower_case ?? true,
          strip_accents: config.strip_accents ?? null,
          handle_chinese_chars: config.tokenize_chinese_chars ?? true,
        },
      }
    : {}

const byteLevel =
  (usual: boolean): Remake =>
  ({ pre_tokenizer }, config) =>
    typeOf(pre_tokenizer) === 'ByteLevel'
      ? { pre_tokenizer: { ...(pre_tokenizer as Json), add_prefix_space: config.add_prefix_space ?? usual } }
      : {}

/** Between white space, which is no part of the text; of the normaliser only the table of characters is kept. */
const sentencePiece: Remake = ({ normalizer }, config) => {
  const steps = (normalizer as Json | null)?.normalizers ?? [normalizer]
  const prepend_scheme = config.add_prefix_space === false ? 'never' : 'always'
  return {
    normalizer: (steps as readonly unknown[]).find((step) => typeOf(step) === 'Precompiled') ?? null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [{ type: 'WhitespaceSplit' }, { type: 'Metaspace', replacement: '▁', prepend_scheme }],
    },
  }
}

/** With one more step before the others. */
const after =
  (step: Json): Remake =>
  ({ normalizer }) =>
    normalizer ? { normalizer: { type: 'Sequence', normalizers: [step, normalizer] } } : {}

const NO_PUNCTUATION = { type: 'Replace', pattern: { Regex: '[!-/:-@\\[-`{-~]' }, content: '' }

const REMAKES: Readonly<Record<string, Remake>> = {
  BertTokenizer: bert,
  DistilBertTokenizer: bert,
  LayoutLMTokenizer: bert,
  LayoutLMv2Tokenizer: bert,
  BartTokenizer: byteLevel(false),
  GPT2Tokenizer: byteLevel(false),
  RobertaTokenizer: byteLevel(false),
  LayoutLMv3Tokenizer: byteLevel(true),
  XLMRobertaTokenizer: sentencePiece,
  SiglipTokenizer: after(NO_PUNCTUATION),
  Siglip2Tokenizer: after({ type: 'Lowercase' }),
}

/** The definition as the class has it. @param name - from `tokenizerClass` */
export function asItsClass(name: string, definition: Json, config: Json): Json {
  return { ...definition, ...REMAKES[name]?.(definition, config) }
}
