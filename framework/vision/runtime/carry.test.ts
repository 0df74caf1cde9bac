import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SpaceError } from '#core/errors.ts'
import type { Image } from '#core/media.ts'
import { createImage } from '../media/open-image.ts'
import { pack, packError, unpack, unpackError } from './carry.ts'
import { copyInTurns } from './copying.ts'

/** As `postMessage` does it. */
async function across(value: unknown): Promise<unknown> {
  const { value: packed, transfer } = await pack(value)
  return unpack(structuredClone(packed, { transfer }))
}

const ramp = (buffer: ArrayBufferLike, start: number, length: number) =>
  new Uint8Array(buffer, start, length).map((_, i) => i)

test('arrays arrive as they were, and the sender keeps its own', async () => {
  const pool = new ArrayBuffer(20_000)
  const shared = new Uint8Array(new SharedArrayBuffer(10_000))
  shared.set(ramp(new ArrayBuffer(10_000), 0, 10_000))
  const views = [new Uint8Array(pool, 8, 9000), new Float32Array(pool, 400, 3), new BigInt64Array(2000), shared]
  views[0]?.set([1, 2, 3] as never)
  assert.deepEqual(await across({ views }), { views: views.map((view) => view.slice()) })
  assert.equal(pool.byteLength, 20_000)
  const [small] = (await across([new Uint8Array(pool, 0, 4)])) as [Uint8Array]
  assert.equal(small.buffer.byteLength, 4, 'neighbours in the same memory stay here')
})

test('large amounts are copied bit by bit, so that the thread that sends them does other things meanwhile', async () => {
  const large = new Uint8Array(21_000_000).map((_, i) => i % 251)
  let turns = 0
  const count = () => {
    turns++
    other = setImmediate(count)
  }
  let other = setImmediate(count)
  const { value, transfer } = await pack([large, large.subarray(1), [large]], copyInTurns)
  clearImmediate(other)
  assert.ok(turns >= 10, `${turns} turns`)
  assert.equal(transfer.length, 3)
  assert.deepEqual(value, [large, large.subarray(1), [large]])
})

test('pictures arrive with their pixels and names, wherever they are in a value', async () => {
  const data = ramp(new ArrayBuffer(6000), 0, 6000)
  const image = createImage({ width: 50, height: 40, channels: 3, data }, { name: 'cat.png' })
  const { found } = (await across({
    found: [{ label: 'cat', image: image.crop({ left: 1, top: 0, width: 2, height: 1 }) }],
  })) as {
    found: [{ label: string; image: Image }]
  }
  const [{ label, image: arrived }] = found
  assert.deepEqual([label, arrived.name, arrived.width, arrived.height], ['cat', 'cat.png', 2, 1])
  assert.deepEqual([...(await arrived.rgb()).data], [3, 4, 5, 6, 7, 8])
})

test('what cannot cross is refused by name', async () => {
  await assert.rejects(pack([{ run: () => 1 }]), /arguments: expected pictures/)
  await assert.rejects(pack({ image: Promise.resolve(1) }), /await it first/)
})

test('errors keep their code, stack and cause', () => {
  const error = new SpaceError('worker-crashed', { reason: 'no memory' }, { cause: new TypeError('below') })
  const arrived = unpackError(structuredClone(packError(error))) as SpaceError
  assert.deepEqual([arrived.code, arrived.message, arrived.stack], [error.code, error.message, error.stack])
  assert.match(String(arrived.cause), /TypeError: below/)
  const plain = unpackError(packError(new RangeError('too far')))
  assert.deepEqual([plain.name, plain.message], ['RangeError', 'too far'])
})
