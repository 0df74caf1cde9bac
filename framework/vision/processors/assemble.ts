/** Prepared pictures of a batch as one tensor: scaled, padded to one size, with a mask where the class has one. */

import { SpaceError } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import { lendBuffer } from '../lent.ts'
import { type Processed, type Size, tensor } from '../task.ts'
import type { Settings } from './defaults.ts'
import type { createScaler } from './planes.ts'
import type { Recipe } from './recipes.ts'
import { boxOf } from './size-rules.ts'
import { ceilTo } from './sizes.ts'

/** A picture before scaling, and the size it had when it was resized. */
export interface Prepared {
  readonly pixels: Pixels
  readonly resized: Size
}

/** @param originals - sizes before anything was done */
export function assemble(
  recipe: Recipe,
  settings: Settings,
  originals: readonly Size[],
  prepared: readonly Prepared[],
  scaler: ReturnType<typeof createScaler>,
): Processed {
  const sizes = prepared.map(({ pixels: { width, height } }) => ({ width, height }))
  const { frame, mask } = frameOf(recipe, settings, sizes)
  const { width, height } = frame
  const plane = width * height
  const values = new Float32Array(lendBuffer(prepared.length * 3 * plane * Float32Array.BYTES_PER_ELEMENT))
  if (sizes.some((size) => size.width !== width || size.height !== height)) values.fill(0)
  const before = (space: number) => (recipe.padding === 'multiple' ? Math.floor(space / 2) : 0)
  for (const [index, { pixels }] of prepared.entries()) {
    const offset = before(height - pixels.height) * width + before(width - pixels.width)
    scaler.write(pixels, values, index * 3 * plane + offset, width, plane)
  }
  return {
    pixel_values: tensor('float32', values, [prepared.length, 3, height, width]),
    ...mask,
    originalSizes: originals,
    resizedSizes: prepared.map(({ resized }) => resized),
  }
}

/** The size of every picture in the tensor, and the mask of what is picture for the classes that pad with one. */
export function frameOf({ padding, masked }: Recipe, settings: Settings, sizes: readonly Size[]) {
  const pads = settings.do_pad && padding !== 'none' && padding !== 'square'
  const frame = pads ? paddedSize(padding, settings, sizes) : sharedSize(sizes)
  return { frame, mask: pads && masked ? { pixel_mask: maskOf(sizes, frame) } : {} }
}

function paddedSize(padding: Recipe['padding'], settings: Settings, sizes: readonly Size[]): Size {
  const { pad_size, size_divisor } = settings
  const largest = {
    width: Math.max(...sizes.map(({ width }) => width)),
    height: Math.max(...sizes.map(({ height }) => height)),
  }
  if (padding === 'multiple') return ceilTo(largest, size_divisor)
  if (padding === 'batch' || !pad_size) return largest
  const to = boxOf(pad_size)
  return { width: Math.max(to.width, largest.width), height: Math.max(to.height, largest.height) }
}

/** @throws SpaceError `invalid-value` where pictures of a batch differ in size, or there are none */
function sharedSize(sizes: readonly Size[]): Size {
  const [first, ...rest] = sizes
  if (!first) {
    throw new SpaceError('invalid-value', { path: 'images', expected: 'at least one picture', got: 'an empty list' })
  }
  const other = rest.find(({ width, height }) => width !== first.width || height !== first.height)
  if (!other) return first
  throw new SpaceError('invalid-value', {
    path: 'images',
    expected: `pictures that all become ${first.width} x ${first.height}`,
    got: `one of ${other.width} x ${other.height}`,
    hint: 'Run them one by one: this processor does not pad.',
  })
}

function maskOf(sizes: readonly Size[], { width, height }: Size) {
  const plane = width * height
  const data = new BigInt64Array(sizes.length * plane)
  for (const [index, size] of sizes.entries()) {
    for (let y = 0; y < size.height; y++) {
      const row = index * plane + y * width
      data.fill(1n, row, row + size.width)
    }
  }
  return tensor('int64', data, [sizes.length, height, width])
}
