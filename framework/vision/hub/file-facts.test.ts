import assert from 'node:assert/strict'
import { test } from 'node:test'
import { factsOf, listedFile } from './file-facts.ts'

const SHA256 = '3416e7b6e7250e595e8f7734e4a0cc4049546b3288e8e66f694f08acdcc47f0f'
const GIT = '29efa061fe860ff1282258a833ad52298523f0ae'
const listed = (facts: { byteLength?: number; sha256?: string; blobId?: string; path?: string }) =>
  listedFile('org/name', { path: 'a.onnx', byteLength: 7, sha256: undefined, blobId: undefined, ...facts })
const facts = (...answers: Record<string, string>[]) =>
  factsOf(
    'org/name',
    'a.onnx',
    answers.map((headers) => new Headers(headers)),
  )

test('A listing gives large files their SHA-256 and small ones the id of git', () => {
  const large = { path: 'a.onnx', byteLength: 7, etag: SHA256, digest: 'sha256' }
  assert.deepEqual(listed({ sha256: SHA256, blobId: GIT }), large)
  assert.deepEqual(listed({ sha256: `sha256:${SHA256}` }), large)
  assert.deepEqual(listed({ blobId: GIT }), { path: 'a.onnx', byteLength: 7, etag: GIT, digest: 'git' })
  assert.equal(listed({ blobId: 'nexus-17' }).digest, 'none')
})

test('What a listing tells too little of is left for the headers of the file', () => {
  const vague = { path: 'a.onnx', byteLength: 0, etag: '', digest: 'none' }
  assert.deepEqual(listed({}), vague)
  assert.deepEqual(listed({ blobId: 'no/name for a file' }), vague)
  assert.deepEqual(
    listedFile('org/name', { path: 'a.onnx', byteLength: undefined, sha256: SHA256, blobId: GIT }),
    vague,
  )
})

test('A name that leads elsewhere is refused', () => {
  for (const path of ['../a', 'a//b', '/etc/passwd', 'a\0b', 'C:\\a']) {
    assert.throws(() => listed({ path, blobId: GIT }), { code: 'model-broken' })
  }
})

test('The Hub’s own headers come before those of the place that it redirects to', () => {
  const linked = { location: 'https://cdn/x', 'x-linked-etag': `"${SHA256}"`, 'x-linked-size': '112511' }
  const large = { path: 'a.onnx', byteLength: 112511, etag: SHA256, digest: 'sha256' }
  assert.deepEqual(facts({ ...linked, etag: '"other"', 'content-length': '40' }), large)
  const small = { path: 'a.onnx', byteLength: 779, etag: GIT, digest: 'git' }
  assert.deepEqual(
    facts({ location: '/cached', 'content-length': '9' }, { etag: `W/"${GIT}"`, 'content-length': '779' }),
    small,
  )
  assert.deepEqual(facts({ etag: GIT, 'content-length': '779' }), small)
})

test('A file without an id of use gets one by its name and size; one without a size is refused', () => {
  const { etag, digest } = facts({ etag: '"5f:3/18c"', 'content-length': '779' })
  assert.match(etag, /^[0-9a-f]{40}$/)
  assert.equal(digest, 'none')
  assert.notEqual(facts({ 'content-length': '780' }).etag, etag)
  assert.throws(() => facts({ etag: GIT }), { code: 'model-broken' })
  assert.throws(() => facts({ location: 'https://cdn/x', 'content-length': '40' }), { code: 'model-broken' })
})
