/** How the graphs of diffusion models are fed and read: exporters differ. */

import { type Json, type Model, type Outputs, type Session, type Tensor, tensor } from '../../task.ts'

export type Shape = readonly [channels: number, height: number, width: number]

/** What the graph fixes, then what the configuration beside it says. */
export function sampleShape(session: Session, config: Json, model: Model, input = 'sample'): Shape {
  const dims = session.inputs.find(({ name }) => name === input)?.dims ?? []
  const said = config.sample_size
  const [height, width] = Array.isArray(said) ? said : [said, said]
  const shape = [config.in_channels, height, width].map((value, axis) => {
    const fixed = dims[axis + 1]
    return typeof fixed === 'number' && fixed > 0 ? fixed : value
  })
  if (shape.every((value): value is number => typeof value === 'number')) return shape as unknown as Shape
  const file = session.file.replace(/[^/]*$/, 'config.json')
  throw model.broken(file, 'it says no in_channels and sample_size, and the graph fixes neither')
}

/** By its usual name, or else the first that the graph gives. */
export function mainOutput(session: Session, outputs: Outputs, usual: string): Tensor<'float32'> {
  return session.floats(outputs, usual, session.outputs[0]?.name ?? usual)
}

/** A number, or a list of one: exporters differ. */
export function timestepFor(unet: Session, timestep: number): Tensor<'float32'> {
  const scalar = unet.inputs.find(({ name }) => name === 'timestep')?.dims.length === 0
  return tensor('float32', Float32Array.of(timestep), scalar ? [] : [1])
}

/** Rows under each other; nothing where there is none. */
export function stacked(...parts: readonly Tensor<'float32'>[]): Tensor<'float32'> {
  const [{ dims } = { dims: [0] }] = parts
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0))
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  const rows = parts.reduce((sum, part) => sum + (part.dims[0] ?? 0), 0)
  return tensor('float32', data, [rows, ...dims.slice(1)])
}
