/**
 * SentencePiece's table of normalised characters, which `tokenizer.json` carries as `precompiled_charsmap`: a trie of
 * UTF-8 sequences (a double array, after Yata, 2012: https://github.com/s-yata/darts-clone) and what stands for each.
 */

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Longer clusters of characters are looked up character by character, as the tokenizers of Python do it. */
const LONGEST_CLUSTER = 6

/**
 * @param base64 - `precompiled_charsmap`: the trie's length in bytes, the trie, and the replacements, each ended by a zero
 * @throws RangeError where it ends too early
 */
export function charsmapNormalizer(base64: string): (text: string) => string {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
  const trieBytes = new DataView(bytes.buffer).getUint32(0, true)
  const trie = new Uint32Array(bytes.buffer.slice(4, 4 + trieBytes))
  const replacements = bytes.subarray(4 + trieBytes)
  const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' })

  const lookUp = (text: string): string | null => {
    const at = shortestPrefix(trie, encoder.encode(text))
    return at === null ? null : decoder.decode(replacements.subarray(at, replacements.indexOf(0, at)))
  }
  const replaced = (cluster: string): string => {
    const whole = Buffer.byteLength(cluster) < LONGEST_CLUSTER ? lookUp(cluster) : null
    return whole ?? Array.from(cluster, (character) => lookUp(character) ?? character).join('')
  }
  return (text) => Array.from(clusters.segment(text), ({ segment }) => replaced(segment)).join('')
}

/** Where the replacement of the shortest known beginning of `key` stands. */
function shortestPrefix(trie: Uint32Array, key: Uint8Array): number | null {
  let node = offsetOf(trie[0] ?? 0)
  for (const byte of key) {
    if (byte === 0) return null
    node ^= byte
    const unit = trie[node] ?? 0
    if ((unit & 0x800000ff) >>> 0 !== byte) return null
    node ^= offsetOf(unit)
    if (unit & 0x100) return (trie[node] ?? 0) & 0x7fffffff
  }
  return null
}

const offsetOf = (unit: number) => (unit >>> 10) << ((unit & 0x200) >>> 6)
