import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openTestFiles } from '../../test/helpers/files-in-memory.ts'
import { Gallery } from './definition.ts'
import codec from './server.ts'

const options = Gallery({ maxSide: 3 }).options as never

test('pictures, paths and captions all become entries, in order', async () => {
  await using files = await openTestFiles()
  const { openImage } = await import('#vision/media/open-image.ts')
  const dog = await openImage(files.pathOf('dog.png'))
  const wire = await codec.encode?.(
    ['cat.png', dog, { image: dog.grayscale(), caption: 'The dog in grey' }],
    options,
    files,
    'outputs.pets',
  )
  assert.deepEqual(
    wire?.map(({ image: { name, mime }, caption }) => [name, mime, caption]),
    [
      ['cat.png', 'image/png', null],
      ['dog.png', 'image/png', null],
      ['dog.webp', 'image/webp', 'The dog in grey'],
    ],
  )
})

test('run() is given pictures scaled down to maxSide, with their captions', async () => {
  await using files = await openTestFiles()
  const wire = [{ image: await files.adopt('cat.png'), caption: 'A cat' }]
  const [item] = (await codec.decode?.(wire, options, files, 'inputs.pets')) ?? []
  assert.deepEqual([item?.image.width, item?.image.height, item?.caption], [3, 2, 'A cat'])
})

test('an example names files, with captions or without', async () => {
  await using files = await openTestFiles()
  const wire = await codec.sample?.(['cat.png', { image: 'dog.png', caption: 'A dog' }], options, files, 'examples[0]')
  assert.deepEqual(
    wire?.map(({ image, caption }) => [image.name, caption]),
    [
      ['cat.png', null],
      ['dog.png', 'A dog'],
    ],
  )
})

test('an answer that is no list is refused with its path, and an entry with its place', async () => {
  await using files = await openTestFiles()
  await assert.rejects(async () => codec.encode?.('cat.png' as never, options, files, 'outputs.pets'), {
    message: /^outputs\.pets: expected a list of pictures, got “cat\.png”/,
  })
  await assert.rejects(async () => codec.encode?.([7] as never, options, files, 'outputs.pets'), {
    message: /^outputs\.pets\[0\]\.image: expected an Image, or the path of a picture, got 7/,
  })
})

test('more pictures than maxItems are refused', () => {
  const { component, options: full } = Gallery({ maxItems: 1 })
  assert.throws(() => component.wire(full).parse([{}, {}], 'inputs.pets'), { message: /a list of at most 1, each/ })
})
