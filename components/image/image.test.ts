import assert from 'node:assert/strict'
import { test } from 'node:test'
import { h } from 'preact'
import { render } from 'preact-render-to-string'
import { openTestFiles } from '../../test/helpers/files-in-memory.ts'
import { viewProps } from '../../test/helpers/view-props.ts'
import { Image } from './definition.ts'
import codec from './server.ts'
import ImageView from './view.tsx'

const plain = Image().options as never
const cat = { id: 'cat.png', mime: 'image/png', name: 'cat.png', byteLength: 84, width: 6, height: 4 }

test('a picture that nobody touched goes out as the bytes it came in', async () => {
  await using files = await openTestFiles()
  const image = await codec.decode?.(cat, plain, files, 'inputs.photo')
  assert.ok(image)
  const ref = await codec.encode?.(image, plain, files, 'outputs.photo')
  assert.ok(ref)
  assert.deepEqual(await files.bytesOf(ref), await files.bytesOf(cat))
  assert.deepEqual([ref.name, ref.mime, ref.width, ref.height], ['cat.png', 'image/png', 6, 4])
})

test('a picture that was changed goes out in the field’s format, under its own name', async () => {
  await using files = await openTestFiles()
  const image = await codec.decode?.(cat, plain, files, 'inputs.photo')
  const ref = await codec.encode?.(image?.grayscale() ?? '', plain, files, 'outputs.photo')
  assert.deepEqual([ref?.name, ref?.mime, ref?.width, ref?.height], ['cat.webp', 'image/webp', 6, 4])
  const png = Image({ format: 'png' }).options as never
  assert.equal((await codec.encode?.(image?.blur(1) ?? '', png, files, 'outputs.photo'))?.mime, 'image/png')
})

test('an untouched picture that browsers cannot draw goes out in the field’s format', async () => {
  await using files = await openTestFiles()
  const { openImage } = await import('#vision/media/open-image.ts')
  const scan = await openImage(new URL('../../test/fixtures/decode/rgb.tiff', import.meta.url))
  const ref = await codec.encode?.(scan, plain, files, 'outputs.scan')
  assert.deepEqual([ref?.name, ref?.mime], ['rgb.webp', 'image/webp'])
})

test('a picture made from pixels is named after its output', async () => {
  await using files = await openTestFiles()
  const { createImage } = await import('#vision/media/open-image.ts')
  const made = createImage({ width: 2, height: 1, channels: 3, data: new Uint8Array(6) })
  assert.equal((await codec.encode?.(made, plain, files, 'outputs.depth'))?.name, 'depth.webp')
})

test('run() is given a picture no larger than maxSide, and the whole one where it is small enough', async () => {
  await using files = await openTestFiles()
  const sizeFor = async (maxSide: number) => {
    const image = await codec.decode?.(cat, Image({ maxSide }).options as never, files, 'inputs.photo')
    return [image?.width, image?.height]
  }
  assert.deepEqual(await sizeFor(3), [3, 2])
  assert.deepEqual(await sizeFor(6), [6, 4])
})

test('an answer that is no picture is refused with a sentence', async () => {
  await using files = await openTestFiles()
  await assert.rejects(async () => codec.encode?.({ width: 3 } as never, plain, files, 'outputs.photo'), {
    code: 'invalid-value',
    message: /^outputs\.photo: expected an Image, or the path of a picture, got an object with width/,
  })
})

test('the ways to bring a picture are those that the author allows', () => {
  const draw = (sources: readonly ('upload' | 'camera' | 'paste')[]) =>
    render(h(ImageView, viewProps<typeof Image>(Image({ sources }))))
  assert.match(draw(['upload', 'camera', 'paste']), /Choose a file.*Camera.*Paste/s)
  const cameraOnly = draw(['camera'])
  assert.match(cameraOnly, /Camera/)
  assert.doesNotMatch(cameraOnly, /Choose a file|Paste|type="file"/)
})

test('an answer can be saved under its name, and says how large it is', () => {
  const html = render(h(ImageView, viewProps<typeof Image>(Image(), { value: cat, readOnly: true })))
  assert.match(html, /<a [^>]*href="files\/cat\.png\/cat\.png" download="cat\.png"/)
  assert.match(html, /6 × 4 · 84 B/)
})
