import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rememberLast } from './last-picture.ts'
import type { TaskContext } from './task.ts'

const dot = (value: number) => ({ width: 1, height: 1, channels: 3 as const, data: Uint8Array.of(value, value, value) })
const context = {} as TaskContext

test('a picture is encoded again only when another one came between, or when it failed', async () => {
  const encoded: number[] = []
  const encode = rememberLast(async ({ data }) => {
    encoded.push(data[0] ?? -1)
    if (data[0] === 9) throw new Error('too bright')
    return encoded.length
  })
  for (const value of [1, 1, 2, 1]) await encode(dot(value), context)
  await assert.rejects(encode(dot(9), context))
  await assert.rejects(encode(dot(9), context))
  assert.equal(await encode(dot(1), context), 3)
  assert.deepEqual(encoded, [1, 2, 1, 9, 9])
})
