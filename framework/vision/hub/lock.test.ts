import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { withLock } from './lock.ts'

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-lock-'))
  const lock = join(folder, 'locks', 'blob.lock')
  return { folder, lock, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

test('Work under one lock is done one after the other, and nothing stays behind', async () => {
  await using place = await openFolder()
  let inside = 0
  let most = 0
  const work = async () => {
    inside += 1
    most = Math.max(most, inside)
    await new Promise((resolve) => setImmediate(resolve))
    inside -= 1
  }
  await Promise.all([1, 2, 3].map(() => withLock(place.lock, work)))
  assert.equal(most, 1)
  assert.deepEqual(await readdir(join(place.folder, 'locks')), [])
})

test('The lock is free again after work that throws', async () => {
  await using place = await openFolder()
  await assert.rejects(
    withLock(place.lock, () => Promise.reject(new Error('no'))),
    /no/,
  )
  assert.equal(await withLock(place.lock, async () => 7), 7)
})

test('The lock of a process that is dead is broken', async () => {
  await using place = await openFolder()
  await withLock(place.lock, async () => undefined)
  const { pid } = spawnSync(process.execPath, ['-e', '0'])
  await writeFile(place.lock, JSON.stringify({ pid, host: hostname(), id: 'x' }))
  assert.equal(await withLock(place.lock, async () => 7), 7)
})

test('The lock of another machine is broken when it was not touched for long', async () => {
  await using place = await openFolder()
  await withLock(place.lock, async () => undefined)
  await writeFile(place.lock, JSON.stringify({ pid: process.pid, host: 'elsewhere', id: 'x' }))
  const longAgo = new Date(Date.now() - 3_600_000)
  await utimes(place.lock, longAgo, longAgo)
  assert.equal(await withLock(place.lock, async () => 7), 7)
})

test('Waiting for a held lock ends with the signal, and the holder keeps it', async () => {
  await using place = await openFolder()
  const controller = new AbortController()
  await withLock(place.lock, async () => {
    const reason = new Error('enough')
    const waiting = withLock(place.lock, async () => assert.fail('not held alone'), {
      signal: controller.signal,
      onWait: () => controller.abort(reason),
    })
    await assert.rejects(waiting, (error) => error === reason)
    assert.deepEqual(await readdir(join(place.folder, 'locks')), ['blob.lock'])
  })
})
