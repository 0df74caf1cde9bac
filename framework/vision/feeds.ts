/** A processor's result as a graph asks for it: exporters differ in names and in what they fixed. */

import type { Feeds, Outputs, Port, Processed, Session, TaskContext, Tensor } from './task.ts'
import { tensor } from './task.ts'

/** Runs a graph as part of a call: timed, and not begun when the call was cancelled. */
export function runGraph(session: Session, feeds: Feeds, context: TaskContext): Promise<Outputs> {
  return context.time('run', () => session.run(feeds, { signal: context.signal }))
}

/** The input that takes pictures, if the graph has one. */
export const picturePort = (session: Session): Port | undefined => {
  const name = pictureInput(session)
  return session.inputs.find((port) => port.name === name)
}

/** The name under which the graph takes pictures: `pixel_values`, or whatever its only four-dimensional input is called. */
function pictureInput(session: Session): string {
  if (session.wants('pixel_values')) return 'pixel_values'
  return session.inputs.find(({ dims }) => dims.length === 4)?.name ?? 'pixel_values'
}

/** Pictures, whatever their processor makes beside them, and the mask of their padding where the graph wants one. */
export function pictureFeeds(session: Session, processed: Processed): Feeds {
  const port = picturePort(session)
  const pictures = port && hasChannelsLast(port) ? channelsLast(processed.pixel_values) : processed.pixel_values
  const feeds = { [pictureInput(session)]: pictures, ...processed.extra }
  return session.wants('pixel_mask') ? { ...feeds, pixel_mask: pixelMask(session, processed) } : feeds
}

/** Colours last, as TensorFlow's exporters have them. */
export const hasChannelsLast = ({ dims }: Port): boolean => dims.length === 4 && dims[3] === 3 && dims[1] !== 3

/** `[count, channels, height, width]` to `[count, height, width, channels]`. */
function channelsLast({ dims, data }: Tensor<'float32'>): Tensor<'float32'> {
  const [count = 1, channels = 1, height = 0, width = 0] = dims
  const plane = height * width
  const moved = new Float32Array(data.length)
  for (let picture = 0; picture < count; picture++) {
    const start = picture * channels * plane
    for (let channel = 0; channel < channels; channel++) {
      for (let i = 0; i < plane; i++)
        moved[start + i * channels + channel] = data[start + channel * plane + i] as number
    }
  }
  return tensor('float32', moved, [count, height, width, channels])
}

/** Some exports of DETR fixed the mask at 64 x 64, whatever the picture; those take a mask of ones. */
function pixelMask(session: Session, { pixel_values, pixel_mask }: Processed): Tensor<'int64'> {
  const [count = 1, , height = 0, width = 0] = pixel_values.dims
  const wanted = session.inputs.find(({ name }) => name === 'pixel_mask')?.dims.slice(-2) ?? []
  const sides = [height, width].map((side, i) => (typeof wanted[i] === 'number' && wanted[i] > 0 ? wanted[i] : side))
  const fits = sides[0] === height && sides[1] === width
  if (pixel_mask && fits) return pixel_mask
  const dims = [count, ...sides]
  return tensor('int64', new BigInt64Array(dims.reduce((product, dim) => product * dim, 1)).fill(1n), dims)
}

/** The first item of a batch, `count` times. */
export function repeated(values: Tensor<'float32'>, count: number): Tensor<'float32'> {
  const [, ...dims] = values.dims
  const size = dims.reduce((product, dim) => product * dim, 1)
  if (count === 1 && values.dims[0] === 1) return values
  const data = new Float32Array(count * size)
  for (let i = 0; i < count; i++) data.set(values.data.subarray(0, size), i * size)
  return tensor('float32', data, [count, ...dims])
}
