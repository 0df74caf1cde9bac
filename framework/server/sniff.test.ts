import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accepts, isPassive, sniff } from './sniff.ts'

const typeOf = (text: string) => sniff(Buffer.from(text, 'latin1')).mime

test('files are known by their bytes', () => {
  for (const [head, mime] of [
    ['\xff\xd8\xff\xe0', 'image/jpeg'],
    ['\x89PNG\r\n\x1a\n', 'image/png'],
    ['RIFF\0\0\0\0WEBP', 'image/webp'],
    ['\0\0\0\x1cftypavif', 'image/avif'],
    ['\0\0\0\x18ftypheic', 'image/heic'],
    ['\0\0\0\x18ftypisom', 'video/mp4'],
    ['\x1a\x45\xdf\xa3', 'video/webm'],
    ['RIFF\0\0\0\0WAVE', 'audio/wav'],
    ['%PDF-1.4', 'application/pdf'],
    ['PK\x03\x04', 'application/zip'],
    ['glTF\x02\0\0\0', 'model/gltf-binary'],
    ['\x7fELF', 'application/x-executable'],
    ['{"a":1}', 'application/json'],
    ['plain words', 'text/plain'],
    ['\0\x01\x02\x03', 'application/octet-stream'],
    ['', 'application/x-empty'],
  ] as const)
    assert.equal(typeOf(head), mime)
})

test('drawings and pages are found behind comments, declarations and a byte order mark', () => {
  assert.equal(typeOf('\xef\xbb\xbf<svg xmlns="x">'), 'image/svg+xml')
  assert.equal(typeOf('<?xml version="1.0"?>\n<!-- hi -->\n<!DOCTYPE svg PUBLIC "a" "b">\n<svg>'), 'image/svg+xml')
  assert.equal(typeOf('  <!DOCTYPE html><html>'), 'text/html')
  assert.equal(typeOf('<script>alert(1)</script>'), 'text/html')
  assert.equal(typeOf('<?xml version="1.0"?><feed/>'), 'application/xml')
})

test('only what browsers cannot run is shown in place', () => {
  for (const mime of ['image/png', 'image/webp', 'video/mp4', 'audio/wav', 'text/plain'])
    assert.ok(isPassive(mime), mime)
  for (const mime of ['image/svg+xml', 'text/html', 'application/pdf', 'application/zip', 'application/xml'])
    assert.ok(!isPassive(mime), mime)
})

test('a field takes the types that it names', () => {
  assert.ok(accepts('image/*', 'image/png'))
  assert.ok(!accepts('image/*', 'video/mp4'))
  assert.ok(accepts('video/mp4, video/webm', 'video/webm'))
  assert.ok(accepts('*/*', 'application/pdf'))
})
