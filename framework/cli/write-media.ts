/** The pictures, masks and tensors of an answer as files, and the answer with their paths. */

import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, extname, relative } from 'node:path'
import { expected } from '#core/errors.ts'
import type { Image, Pixels } from '#core/media.ts'
import { createImage, type Tensor } from '#vision/index.ts'

/** Tensors of no more values are printed, as lists in lists. */
const PRINTED_VALUES = 64

export interface WriteOptions {
  /** Beginning of each file's name: `out/photo` gives `out/photo.depth.png`. */
  readonly stem: string
  /** What an answer that is one file alone adds to that, so that it is not called like the photo. */
  readonly alone?: string
  /** Whether a file of that name gives way. Default: the new one is called `photo.depth-2.png`. */
  readonly overwrite: boolean
}

/**
 * Writes every picture, mask and large tensor to a file of its own (`photo.depth.png`, `photo.0.mask.png`,
 * `photo.predicted_depth.npy`) and puts the path of that file in its place.
 */
export async function writeMedia(answer: unknown, { stem, alone, overwrite }: WriteOptions): Promise<unknown> {
  const name = alone === undefined ? stem : `${stem}.${alone}`
  const save = (ending: string, content: Uint8Array) => saveAs(`${name}.${ending}`, content, overwrite)
  if (typeof answer !== 'object' || answer === null) return typeof answer === 'bigint' ? Number(answer) : answer
  if (isImage(answer)) return save('png', await answer.encode('png'))
  if (isMask(answer)) return save('png', await createImage({ ...answer, channels: 1 }).encode('png'))
  if (isTensor(answer)) {
    return answer.data.length <= PRINTED_VALUES ? nested(answer) : save('npy', encodeNpy(answer))
  }
  if (ArrayBuffer.isView(answer)) return Array.from(answer as unknown as ArrayLike<number>, Number)
  const entries: [string, unknown][] = []
  for (const [key, value] of Object.entries(answer)) {
    entries.push([key, await writeMedia(value, { stem: `${stem}.${key}`, overwrite })])
  }
  return Array.isArray(answer) ? entries.map(([, value]) => value) : Object.fromEntries(entries)
}

const isImage = (value: object): value is Image => 'encode' in value && typeof value.encode === 'function'
const isMask = (value: object): value is Omit<Pixels, 'channels'> =>
  'data' in value && 'width' in value && 'height' in value && value.data instanceof Uint8Array
const isTensor = (value: object): value is Tensor => 'dims' in value && 'data' in value && 'type' in value

/** Lists in lists, one level for each axis. */
function nested({ data, dims }: Tensor): unknown {
  let rows: unknown[] = Array.from(data as ArrayLike<number | bigint>, Number)
  for (const size of dims.slice(1).reverse()) {
    const outer = size === 0 ? 0 : rows.length / size
    rows = Array.from({ length: outer }, (_, index) => rows.slice(index * size, (index + 1) * size))
  }
  return dims.length === 0 ? rows[0] : rows
}

/** @returns the path from the working directory. */
async function saveAs(path: string, content: Uint8Array, overwrite: boolean): Promise<string> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const ending = extname(path)
    for (let number = 1; ; number++) {
      const name = number === 1 ? path : `${path.slice(0, -ending.length)}-${number}${ending}`
      if (await put(name, content, overwrite)) return relative(process.cwd(), name) || name
    }
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error
    throw expected(
      'out',
      'a folder that files can be written to',
      dirname(path),
      `${error.message}. Name another folder.`,
    )
  }
}

/** @returns whether the content is there under this name: another file is left alone. */
async function put(path: string, content: Uint8Array, overwrite: boolean): Promise<boolean> {
  try {
    await writeFile(path, content, { flag: overwrite ? 'w' : 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    // The same command again gives the same file.
    return digest(await readFile(path)) === digest(content)
  }
}

const digest = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const NUMPY_TYPE: Readonly<Record<Tensor['type'], string>> = {
  float32: '<f4',
  float64: '<f8',
  int64: '<i8',
  int32: '<i4',
  uint8: '|u1',
  int8: '|i1',
  bool: '|b1',
}

/** NumPy's file format, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
function encodeNpy({ type, dims, data }: Tensor): Uint8Array {
  const shape = dims.length === 1 ? `${dims[0]},` : dims.join(', ')
  const facts = `{'descr': '${NUMPY_TYPE[type]}', 'fortran_order': False, 'shape': (${shape}), }`
  const header = `${facts.padEnd(Math.ceil((10 + facts.length + 1) / 64) * 64 - 11)}\n`
  const head = Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), Buffer.alloc(2), Buffer.from(header)])
  head.writeUInt16LE(header.length, 8)
  return Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)])
}
