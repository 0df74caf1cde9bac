/** Where the library reads characters otherwise than the tokenizers of Python, its parts are given what is missing. */

import { charsmapNormalizer } from './charsmap.ts'

interface Fields {
  readonly [key: string]: unknown
}

interface NormalizerPart {
  readonly normalizers?: readonly unknown[]
  normalize(text: string): string
  tokenize_chinese_chars?(text: string): string
}

interface SplittingPart {
  readonly tokenizers?: readonly unknown[]
  pattern?: unknown
  pre_tokenize_text(text: string): readonly string[]
}

/** @param part - of the library. @param definition - what it was made of */
export function mendNormalizers(part: unknown, definition: unknown): void {
  if (!part) return
  const own = part as NormalizerPart
  const { type, normalizers, ...settings } = definition as Fields
  for (const [i, inner] of (own.normalizers ?? []).entries()) mendNormalizers(inner, (normalizers as unknown[])[i])
  const { precompiled_charsmap } = settings
  if (typeof precompiled_charsmap === 'string') own.normalize = charsmapNormalizer(precompiled_charsmap)
  if (type === 'BertNormalizer') own.tokenize_chinese_chars = (text) => text.replace(IDEOGRAPHS, ' $& ')
  if (type === 'Lowercase' || settings.lowercase === true) {
    const normalize = own.normalize.bind(own)
    // JavaScript's small sigma is another one at the end of a word.
    own.normalize = (text) => normalize(text.replaceAll('Σ', 'σ'))
  }
}

/** @param part - of the library. @param definition - what it was made of */
export function mendSplitters(part: unknown, definition: unknown): void {
  if (!part) return
  const own = part as SplittingPart
  const { type, pretokenizers } = definition as Fields
  for (const [i, inner] of (own.tokenizers ?? []).entries()) mendSplitters(inner, (pretokenizers as unknown[])[i])
  if (type === 'ByteLevel') own.pattern = BYTE_LEVEL
  if (type === 'WhitespaceSplit') own.pre_tokenize_text = (text) => text.match(NO_SPACE) ?? []
}

/** Chinese characters as BERT sets them apart, those beyond 16 bits among them. */
const IDEOGRAPHS =
  /[\u{4E00}-\u{9FFF}\u{3400}-\u{4DBF}\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\u{F900}-\u{FAFF}\u{2F800}-\u{2FA1F}]/gu

/** JavaScript's `\s` knows a space that Unicode does not, and misses one. */
const NO_SPACE = /\P{White_Space}+/gu
/** How GPT-2 cuts text into words. */
const BYTE_LEVEL =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu
