/** The files of a session for a codec under test: two small pictures of a cat and a dog, and whatever is written. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import type { Files } from '#core/component.ts'
import { SpaceError } from '#core/errors.ts'
import type { FileRef } from '#core/schema.ts'

export interface TestFiles extends Files, AsyncDisposable {
  bytesOf(ref: FileRef): Promise<Uint8Array>
  /** Where a file of that name is, for `adopt`. */
  pathOf(name: string): string
}

/** `cat.png` is 6 x 4 pixels, `dog.png` 4 x 6. */
export async function openTestFiles(): Promise<TestFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-files-'))
  const pathOf = (name: string) => join(folder, name)
  for (const [name, width, height] of [
    ['cat.png', 6, 4],
    ['dog.png', 4, 6],
  ] as const) {
    const create = { width, height, channels: 3 as const, background: { r: 200, g: width * 20, b: height * 20 } }
    await sharp({ create }).png().toFile(pathOf(name))
  }
  let written = 0

  const read = (path: string, name: string) =>
    readFile(name).catch((cause: unknown) => {
      throw new SpaceError('file-gone', { path }, { cause })
    })
  return {
    pathOf,
    bytesOf: ({ id }) => readFile(pathOf(id)),
    async open({ id }, path) {
      const { byteLength } = await read(path, pathOf(id))
      return { path: pathOf(id), mime: `image/${id.split('.').at(-1)}`, name: id.replace(/^\d+-/, ''), byteLength }
    },
    async write(bytes, about) {
      const id = `${++written}-${about.name}`
      await writeFile(pathOf(id), bytes)
      return { id, byteLength: bytes.byteLength, ...about }
    },
    async adopt(name, about = {}) {
      const { byteLength } = await read('files', pathOf(name))
      return { id: name, name, mime: 'image/png', byteLength, ...about }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}
