import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { checkRoom } from './disk.ts'

test('A download that no disk has room for is refused before its first byte', async () => {
  await assert.rejects(checkRoom('org/huge', tmpdir(), 2 ** 80), /a disk with .* left where .* are needed/)
  await checkRoom('org/small', tmpdir(), 0)
  await checkRoom('org/huge', '/no/such/folder', 2 ** 80)
})
