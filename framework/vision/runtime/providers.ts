/** Execution providers: which of those that were asked for can be had on this machine. */

import type { InferenceSession } from 'onnxruntime-node'
import { expected, SpaceError } from '#core/errors.ts'

type Ort = typeof import('onnxruntime-node')
/** A name, or a name with the provider's own options. */
export type Provider = InferenceSession.ExecutionProviderConfig

const nameOf = (provider: Provider) => (typeof provider === 'string' ? provider : provider.name)

/** Those that onnxruntime-node is built with for some platform, and what its messages call them. */
const KNOWN: Readonly<Record<string, RegExp>> = {
  cpu: /(?!)/,
  cuda: /cuda/i,
  tensorrt: /tensorrt/i,
  webgpu: /webgpu/i,
  dml: /dml|directml/i,
  coreml: /coreml/i,
}
/** What it says where a provider lacks its library or its hardware, without its name. */
const FOREIGN = /execution ?provider|shared library/i

/**
 * Opens something with the providers in their order of preference. One that lacks its library or its hardware, or is of
 * another platform, is passed over where others are left.
 * @throws SpaceError `invalid-value` where none can be used, or where one has no name that onnxruntime knows
 */
export async function withProviders<T>(
  ort: Ort,
  wanted: readonly Provider[],
  open: (providers: readonly Provider[]) => Promise<T>,
): Promise<T> {
  const here = ort.listSupportedBackends().map(({ name }) => name)
  const refuse = (name: string) => expected('providers', `execution providers out of ${here.join(', ')}`, name)
  const unknown = wanted.map(nameOf).find((name) => !here.includes(name) && !Object.hasOwn(KNOWN, name))
  if (unknown !== undefined) throw refuse(unknown)
  let left = wanted.filter((provider) => here.includes(nameOf(provider)))
  if (left.length === 0) throw refuse(wanted.map(nameOf).join(', '))
  for (;;) {
    try {
      return await open(left)
    } catch (error) {
      const blamed = blame(left, error)
      if (!blamed) throw error
      left = left.filter((provider) => provider !== blamed)
      if (left.length === 0) throw unusable(wanted, error)
    }
  }
}

/** The provider that did not work; undefined where the graph did not. */
function blame(providers: readonly Provider[], error: unknown): Provider | undefined {
  const [said] = String(error instanceof Error ? error.message : error).split('\n')
  const others = providers.filter((provider) => nameOf(provider) !== 'cpu')
  const named = others.find((provider) => KNOWN[nameOf(provider)]?.test(said as string))
  return named ?? (FOREIGN.test(said as string) ? others[0] : undefined)
}

const unusable = (providers: readonly Provider[], cause: unknown) =>
  new SpaceError(
    'invalid-value',
    {
      path: 'providers',
      expected: 'execution providers whose libraries and hardware are there',
      got: providers.map(nameOf).join(', '),
      hint: 'Install what onnxruntime-node needs for them, or leave the option out to run on the CPU.',
    },
    { cause },
  )
