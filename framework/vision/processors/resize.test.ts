import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Pixels } from '#core/media.ts'
import { openImage } from '../media/open-image.ts'
import { luma } from '../media/transforms.ts'
import type { FilterName } from './filters.ts'
import { resize } from './resize.ts'

interface Case {
  source: string
  width: number
  height: number
  filter: FilterName
  sha256: string
  mode?: 'L'
}

const small = new URL('../../../test/fixtures/hf-tiny/resize/', import.meta.url)
const whole = new URL('../../../../shared/fixtures/hf-tiny/resize/', import.meta.url)
const folder = existsSync(whole) ? whole : small

const sources = new Map<string, Promise<Pixels>>()
async function sourceOf({ source, mode }: Case): Promise<Pixels> {
  const open = sources.get(source) ?? openImage(new URL(source, folder)).then((image) => image.rgb())
  sources.set(source, open)
  return mode ? toGrey(await open) : open
}

function toGrey({ width, height, data }: Pixels): Pixels {
  const grey = new Uint8Array(width * height).map((_, i) =>
    luma(data[i * 3] as number, data[i * 3 + 1] as number, data[i * 3 + 2] as number),
  )
  return { width, height, channels: 1, data: grey }
}

const { cases, luma: inGrey } = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as {
  cases: Case[]
  luma: Case[]
}

for (const wanted of [...cases, ...inGrey]) {
  const { source, width, height, filter, sha256, mode } = wanted
  test(`${source}${mode ? ' in grey' : ''} at ${width} x ${height}, ${filter}, is byte for byte what Pillow makes of it`, async () => {
    const { data } = resize(await sourceOf(wanted), width, height, filter)
    assert.equal(createHash('sha256').update(data).digest('hex'), sha256)
  })
}

test('a picture that has the size already is given back as it is', () => {
  const pixels: Pixels = { width: 2, height: 1, channels: 3, data: new Uint8Array(6) }
  assert.equal(resize(pixels, 2, 1, 'bicubic'), pixels)
})
