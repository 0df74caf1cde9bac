/** The passes of `resize.ts` for RGB pixels in WebAssembly with SIMD: the same numbers, three to five times sooner. */

import type { Pixels } from '#core/media.ts'
import type { Weights } from '../weights.ts'

/** `resample.wat`, assembled; `resample.test.ts` holds the two together. */
export const BINARY =
  'AGFzbQEAAAABFQJgCX9/f39/f39/fwBgBX9/f39/AAMDAgABBQMBAAEHIgMGbWVtb3J5AgAKaG9yaXpvbnRhbAAACHZlcnRpY2FsAAEKrwUCvwMCBH8DewNAQQAhCQNAIABBAyAFIAlBAnRqKAIAbGohCiAGIAlBAnRqKAIAIQwgByAJIAhsaiEL/QwAACAAAAAgAAAAIAAAACAAIQ79DAAAAAAAAAAAAAAAAAAAAAAhDwJAA0AgDEEESA0BIAr9AAAAIQ0gDiAN/QwA////Af///wL//////////Q4gC/0JAgD9tQH9rgEhDiAPIA39DAP///8E////Bf/////////9DiAL/QkCBP21Af2uASEPIA4gDf0MBv///wf///8I//////////0OIAv9CQII/bUB/a4BIQ4gDyAN/QwJ////Cv///wv//////////Q4gC/0JAgz9tQH9rgEhDyAKQQxqIQogC0EQaiELIAxBBGshDAwACwsCQANAIAxBAEwNASAOIAr9XAAA/QwA////Af///wL//////////Q4gC/0JAgD9tQH9rgEhDiAKQQNqIQogC0EEaiELIAxBAWshDAwACwsgDiAP/a4BQRb9rAEhDiAOIA79hQEhDiAOIA79ZiEOIAMgDv1aAAAAIANBA2ohAyAJQQFqIgkgBEkNAAsgACABaiEAIAJBAWsiAg0ACwvrAQIDfwd7A0D9DAAAIAAAACAAAAAgAAAAIAAhCyALIQwgCyENIAshDiAAIAVqIQdBACEGA0AgB/0AAAAhCCAEIAZBAnRq/QkCACEKIAj9iQEhCSALIAn9qQEgCv21Af2uASELIAwgCf2qASAK/bUB/a4BIQwgCP2KASEJIA0gCf2pASAK/bUB/a4BIQ0gDiAJ/aoBIAr9tQH9rgEhDiAHIAFqIQcgBkEBaiIGIAJJDQALIAMgBWogC0EW/awBIAxBFv2sAf2FASANQRb9rAEgDkEW/awB/YUB/Wb9CwAAIAVBEGoiBSABSQ0ACws='

interface Kernel {
  readonly memory: WebAssembly.Memory
  horizontal(
    from: number,
    fromBytes: number,
    rows: number,
    to: number,
    width: number,
    starts: number,
    lengths: number,
    values: number,
    strideBytes: number,
  ): void
  vertical(from: number, bytes: number, count: number, to: number, values: number): void
}

/** Rows of the picture are brought in by this many bytes, so that they are still in the processor's cache. */
const BAND_BYTES = 1 << 18
/** What a thread keeps for good; larger results are made without it. */
const MAX_BYTES = 64 << 20
/** The kernels read and write a little past the end. */
const SLACK = 16

let instance: Kernel | null | undefined

/** Null on a processor without the instructions. */
function kernel(): Kernel | null {
  if (instance !== undefined) return instance
  try {
    const module = new WebAssembly.Module(Buffer.from(BINARY, 'base64'))
    instance = new WebAssembly.Instance(module).exports as unknown as Kernel
  } catch {
    instance = null
  }
  return instance
}

/** Hands out the thread's memory piece by piece. */
function createArena(memory: WebAssembly.Memory, bytes: number) {
  const missing = bytes - memory.buffer.byteLength
  if (missing > 0) memory.grow(Math.ceil(missing / 65536))
  let next = 0
  return {
    /** @returns the address of `count` bytes. */
    take(count: number): number {
      const address = next
      next += align(count)
      return address
    },
    put(values: Int32Array): number {
      const address = this.take(values.byteLength)
      new Int32Array(memory.buffer, address, values.length).set(values)
      return address
    },
  }
}

const align = (bytes: number) => (bytes + SLACK + 15) & ~15
const bytesOf = (weights: Weights | null) =>
  weights ? align(weights.starts.byteLength) + align(weights.lengths.byteLength) + align(weights.values.byteLength) : 0

/**
 * Resizes RGB pixels; a side without weights keeps its size. Null where this cannot do it and the plain code must.
 * @param firstRow - first and last (not included) row of the picture that the vertical pass reads.
 */
export function resizeRgb(
  from: Pixels,
  width: number,
  height: number,
  horizontal: Weights | null,
  vertical: Weights | null,
  [firstRow, lastRow]: readonly [number, number],
): Pixels | null {
  const rowBytes = from.width * 3
  const outBytes = width * 3
  const rows = lastRow - firstRow
  const bandRows = Math.min(rows, Math.max(1, Math.floor(BAND_BYTES / rowBytes)))
  const total =
    bytesOf(horizontal) +
    bytesOf(vertical) +
    align(bandRows * rowBytes) +
    align(rows * outBytes) +
    align(height * outBytes)
  const wasm = total > MAX_BYTES ? null : kernel()
  if (!wasm) return null

  const arena = createArena(wasm.memory, total)
  const heap = () => new Uint8Array(wasm.memory.buffer)
  const band = arena.take(bandRows * rowBytes)
  const wide = arena.take(rows * outBytes)
  if (horizontal) {
    const { starts, lengths, values, stride } = horizontal
    const [at, counts, weights] = [arena.put(starts), arena.put(lengths), arena.put(values)]
    for (let row = 0; row < rows; row += bandRows) {
      const count = Math.min(bandRows, rows - row)
      const start = (firstRow + row) * rowBytes
      heap().set(from.data.subarray(start, start + count * rowBytes), band)
      wasm.horizontal(band, rowBytes, count, wide + row * outBytes, width, at, counts, weights, stride * 4)
    }
  } else {
    heap().set(from.data.subarray(firstRow * rowBytes, lastRow * rowBytes), wide)
  }
  if (!vertical) return { width, height, channels: 3, data: heap().slice(wide, wide + rows * outBytes) }

  const { starts, lengths, values, stride } = vertical
  const weights = arena.put(values)
  const out = arena.take(height * outBytes)
  for (let y = 0; y < height; y++) {
    const first = wide + ((starts[y] as number) - firstRow) * outBytes
    wasm.vertical(first, outBytes, lengths[y] as number, out + y * outBytes, weights + y * stride * 4)
  }
  return { width, height, channels: 3, data: heap().slice(out, out + height * outBytes) }
}
