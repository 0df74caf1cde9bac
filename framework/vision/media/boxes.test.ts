import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCutShort } from './boxes.ts'

function box(kind: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  new DataView(bytes.buffer).setUint32(0, length)
  bytes.set(Buffer.from(kind), 4)
  return bytes
}
const file = (...boxes: Uint8Array[]) => ({ bytes: new Uint8Array(Buffer.concat(boxes)) })

test('a file that ends within a box, or before its description, was cut short', () => {
  const [ftyp, moov, mdat] = [box('ftyp', 24), box('moov', 40), box('mdat', 100)]
  assert.equal(isCutShort(file(ftyp, moov, mdat)), false)
  assert.equal(isCutShort(file(ftyp, moov, mdat.subarray(0, 50))), true)
  assert.equal(isCutShort(file(ftyp, mdat)), true, 'the description would come last')
  assert.equal(isCutShort(file(ftyp, moov, mdat.subarray(0, 5))), true)
})

test('large boxes and boxes without end are read, nonsense is no end', () => {
  const large = box('mdat', 64)
  new DataView(large.buffer).setUint32(0, 1)
  new DataView(large.buffer).setBigUint64(8, 64n)
  assert.equal(isCutShort(file(box('moov', 16), large)), false)
  const endless = box('mdat', 64)
  new DataView(endless.buffer).setUint32(0, 0)
  assert.equal(isCutShort(file(box('moov', 16), endless)), false)
  assert.equal(isCutShort(file(endless)), true)
  const nonsense = box('mdat', 64)
  new DataView(nonsense.buffer).setUint32(0, 3)
  assert.equal(isCutShort(file(box('moov', 16), nonsense)), false)
})
