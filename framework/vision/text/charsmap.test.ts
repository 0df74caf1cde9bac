import assert from 'node:assert/strict'
import { test } from 'node:test'
import { charsmapNormalizer } from './charsmap.ts'

/** A double array that knows the byte of `x` and, behind it, that of `y`. */
function charsmap(): string {
  const [x, y] = [0x78, 0x79]
  const unit = (label: number, offset: number, leaf: boolean) => (label | (leaf ? 0x100 : 0) | (offset << 10)) >>> 0
  const trie = new Uint32Array(1024)
  trie[0] = unit(0, 256, false)
  trie[256 ^ x] = unit(x, 256 ^ x ^ 512, true)
  trie[512] = 0x80000000
  trie[512 ^ y] = unit(y, 512 ^ y ^ 768, true)
  trie[768] = 0x80000004
  const length = Buffer.alloc(4)
  length.writeUInt32LE(trie.byteLength)
  return Buffer.concat([length, Buffer.from(trie.buffer), Buffer.from('abc\0d\0')]).toString('base64')
}

test('characters become what the table has for them, others stay', () => {
  const normalize = charsmapNormalizer(charsmap())
  assert.equal(normalize('x1x'), 'abc1abc')
  assert.equal(normalize('日本 y'), '日本 y')
  assert.equal(normalize(''), '')
})

test('a short cluster is what its shortest known beginning is', () => {
  const normalize = charsmapNormalizer(charsmap())
  assert.equal(normalize('x\u0301'), 'abc', 'the accent is part of the cluster')
  assert.equal(normalize('x\u0301\u0301\u0301\u0301'), 'abc\u0301\u0301\u0301\u0301', 'a long one is read in parts')
})
