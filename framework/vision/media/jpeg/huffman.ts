/**
 * Huffman codes as tables for `decode.wat`: ten bits lead to an entry of 32 bits, or on to 64 entries for the next six.
 *
 * Bits of an entry: 0-5 how many bits the code and the number after it take, 6 that bits 8-31 lead on (in bytes from the
 * table's start), 7 that there is no such code, 8-11 bits of the number, 12-16 bits of the code, 17-24 coefficients that
 * are passed: zeros and the number itself, 128 at the end of a block.
 */

import type { HuffmanSpec } from './header.ts'

const FIRST_BITS = 10
const NEXT_BITS = 6
const LEADS_ON = 1 << 6
const NO_CODE = (1 << 7) | 1 | (128 << 17)
const END_OF_BLOCK = 128

/** Null where the codes are none. @param dc - whether the symbols are sizes alone, with no zeros before them. */
export function huffmanTable(spec: HuffmanSpec, dc: boolean): Int32Array | null {
  const entries: number[] = new Array(1 << FIRST_BITS).fill(NO_CODE)
  let code = 0
  let next = 16
  for (let bits = 1; bits <= 16; bits++, code <<= 1) {
    for (let i = 0; i < (spec[bits - 1] as number); i++, code++) {
      const entry = entryOf(spec[next++] as number, bits, dc)
      if (code >> bits !== 0 || entry === null) return null
      if (bits <= FIRST_BITS) {
        const shift = FIRST_BITS - bits
        entries.fill(entry, code << shift, (code + 1) << shift)
      } else {
        const start = nextTable(entries, code >> (bits - FIRST_BITS))
        const shift = FIRST_BITS + NEXT_BITS - bits
        const first = start + ((code << shift) & ((1 << NEXT_BITS) - 1))
        entries.fill(entry, first, first + (1 << shift))
      }
    }
  }
  return Int32Array.from(entries)
}

/** Where the entries for what follows these first bits begin. */
function nextTable(entries: number[], first: number): number {
  const known = entries[first] as number
  if (known !== NO_CODE) return known >> 10
  const start = entries.length
  for (let i = 0; i < 1 << NEXT_BITS; i++) entries.push(NO_CODE)
  entries[first] = ((start * 4) << 8) | LEADS_ON
  return start
}

function entryOf(symbol: number, bits: number, dc: boolean): number | null {
  const size = dc ? symbol : symbol & 15
  if (size > (dc ? 11 : 10)) return null
  const zeros = dc ? 0 : symbol >> 4
  const passed = size === 0 && !dc && zeros !== 15 ? END_OF_BLOCK : zeros + 1
  return (bits + size) | (size << 8) | (bits << 12) | (passed << 17)
}
