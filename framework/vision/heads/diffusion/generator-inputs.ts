/** What a generator of one graph is fed: noise, and where it asks for them a class and how far to keep to the usual. */

import { expected } from '#core/errors.ts'
import type { CallOptions } from '../../arguments.ts'
import { type Feeds, type Json, type Model, type Port, type Session, type Tensor, tensor } from '../../task.ts'

export interface GeneratorInputs {
  /** Of the noise of one picture, without the batch. */
  readonly latent: readonly number[]
  /** @param index - of the picture among those of the call */
  feeds(noise: Float32Array, index: number): Feeds
}

const isWhole = ({ type }: Port) => /^u?int/.test(type)
const isClass = (port: Port) => isWhole(port) || /class|label|^[cy]$/i.test(port.name)
const isTruncation = ({ name }: Port) => /trunc|psi/i.test(name)

/** @throws SpaceError `model-broken` where the graph asks for more than that, `invalid-value` where the call says too little */
export function generatorInputs(model: Model, session: Session, options: CallOptions): GeneratorInputs {
  const truncation = session.inputs.find(isTruncation)
  const label = session.inputs.find((port) => port !== truncation && isClass(port))
  const [noise, ...others] = session.inputs.filter((port) => port !== truncation && port !== label)
  if (!noise || others.length > 0)
    throw model.broken(
      session.file,
      `a generator takes noise, and may take a class and a truncation; this graph asks for ${session.inputs.map(({ name }) => `“${name}”`).join(', ')}`,
    )
  const latent = latentDims(model, noise, session.file)
  const count = label && classCount(label, model.config)
  const classes = label && count !== 0 ? readClasses(options, count) : null
  const psi = truncation && options.number('truncation_psi', 1)
  return {
    latent,
    feeds: (values, index) => ({
      [noise.name]: tensor('float32', values, [1, ...latent]),
      ...(label && { [label.name]: classTensor(label, classes?.(index) ?? 0, model.config) }),
      ...(truncation && {
        [truncation.name]: tensor(
          'float32',
          Float32Array.of(psi ?? 1),
          truncation.dims.map(() => 1),
        ),
      }),
    }),
  }
}

/** One class for all pictures, or one for each. @param count - of the classes there are, where the model says it */
export function readClasses(options: CallOptions, count: unknown): (index: number) => number {
  const given = options.get('class_labels')
  const list: readonly unknown[] = Array.isArray(given) ? given : [given]
  const most = typeof count === 'number' && count > 0 ? count - 1 : Number.POSITIVE_INFINITY
  const fits = (label: unknown) => Number.isInteger(label) && (label as number) >= 0 && (label as number) <= most
  if (list.length > 0 && list.every(fits)) return (index) => list[index % list.length] as number
  throw expected(
    'class_labels',
    `the number of a class${most < Infinity ? ` up to ${most}` : ''}, or one for each picture`,
    given,
    'This model makes pictures of classes.',
  )
}

/** As the graph or the configuration says; a graph without classes may still ask for an empty row of them. */
function classCount(port: Port, { num_classes, num_class_embeds }: Json): number | undefined {
  const [, width] = port.dims
  const said = !isWhole(port) && typeof width === 'number' && width >= 0 ? width : (num_classes ?? num_class_embeds)
  return typeof said === 'number' ? said : undefined
}

/** A number, or a row with a one at its place. */
function classTensor(port: Port, label: number, config: Json): Tensor {
  if (isWhole(port) || port.dims.length < 2) {
    const type = isWhole(port) ? 'int64' : 'float32'
    const dims = port.dims.map(() => 1)
    return type === 'int64'
      ? tensor(type, BigInt64Array.of(BigInt(label)), dims)
      : tensor(type, Float32Array.of(label), dims)
  }
  const count = classCount(port, config)
  if (count === undefined) throw expected('config.num_classes', 'how many classes there are', config.num_classes)
  const row = new Float32Array(count)
  if (count > 0) row[label] = 1
  return tensor('float32', row, [1, count])
}

/** The configuration fills in what the graph leaves free: the length of a vector; a map of it is one pixel large. */
function latentDims(model: Model, { name, dims }: Port, file: string): number[] {
  const { latent_dim, z_dim, nz, latent_size } = model.config
  const length = [latent_dim, z_dim, nz, latent_size].find((value) => typeof value === 'number') as number | undefined
  return dims.slice(1).map((dim, axis) => {
    if (typeof dim === 'number' && dim > 0) return dim
    if (axis > 0) return 1
    if (length !== undefined) return length
    throw model.broken(file, `the length of its input “${name}” is free; say latent_dim in config.json`)
  })
}
