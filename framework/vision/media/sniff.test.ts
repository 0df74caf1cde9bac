import assert from 'node:assert/strict'
import { test } from 'node:test'
import { describeBytes, isVideoLike, sniffImage, sniffVideo } from './sniff.ts'

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0))
const box = (brand: string, ...compatible: string[]) => bytes(`\0\0\0\x20ftyp${brand}\0\0\0\0${compatible.join('')}`)

test('a file of a picture’s container is what its brands say', () => {
  assert.equal(sniffImage(box('avif')), 'image/avif')
  assert.equal(sniffImage(box('mif1', 'miaf', 'avif')), 'image/avif')
  assert.equal(sniffImage(box('mif1', 'heic', 'miaf')), null)
  assert.equal(describeBytes(box('mif1', 'heic', 'miaf')), 'a HEIC picture, which is not supported')
  assert.equal(sniffImage(box('avis', 'avif', 'mif1')), null, 'libvips reads no film')
  assert.equal(describeBytes(box('avis', 'avif')), 'an animated AVIF picture, which is not supported')
  assert.equal(sniffVideo(box('mif1', 'heic')), null)
  assert.equal(sniffVideo(box('isom', 'avc1'))?.mime, 'video/mp4')
  assert.equal(sniffVideo(box('qt  '))?.mime, 'video/quicktime')
  assert.equal(sniffVideo(bytes(`G${' '.repeat(187)}G`))?.mime, 'video/mp2t')
  assert.equal(sniffVideo(bytes('G is a letter')), null)
})

test('TIFF may be large', () => {
  assert.deepEqual(['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].map(bytes).map(sniffImage), Array(4).fill('image/tiff'))
})

test('what cannot be read is called by its name', () => {
  const names = {
    '': 'an empty file',
    BM1234: 'a BMP picture, which is not supported',
    '\xff\x0a': 'a JPEG XL picture, which is not supported',
    'FLV\x01\x05': 'a Flash video, which is not supported',
    'OggS\0': 'an Ogg file, which is not supported',
    'RIFF1234WAVEfmt ': 'a sound',
    'ID3\x04': 'a sound',
    '%PDF-1.4': 'a PDF document',
    'PK\x03\x04': 'a ZIP archive',
    '\xef\xbb\xbf<?xml version="1.0"?><svg>': 'an SVG drawing',
    ' <!DOCTYPE html>': 'an HTML page',
    hello: 'text',
    '\0\0\0\0\0': 'bytes of an unknown kind',
  }
  for (const [text, name] of Object.entries(names)) assert.equal(describeBytes(bytes(text)), name)
})

test('a video is told from a picture by its name, type or first bytes', () => {
  const mp4 = new Uint8Array([0, 0, 0, 24, ...Buffer.from('ftypisom')])
  for (const video of [
    'a.MP4',
    new URL('https://example.org/a.webm'),
    'https://example.org/a.mov?x=1',
    'data:video/mp4;base64,',
    mp4,
  ])
    assert.equal(isVideoLike(video), true)
  assert.equal(isVideoLike(new Blob([], { type: 'video/mp4' })), true)
  for (const other of ['a.png', 'clip.gif', 'mp4', new Blob([]), new Uint8Array(8), 5, null])
    assert.equal(isVideoLike(other), false)
})
