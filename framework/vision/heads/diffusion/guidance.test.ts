import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Feeds, Session, TaskContext } from '../../task.ts'
import { tensor } from '../../task.ts'
import { createNetwork, tellStrength } from './guidance.ts'

const context = {
  signal: new AbortController().signal,
  time: (_: string, work: () => unknown) => work(),
} as unknown as TaskContext

/** A UNet that answers each sample with its text's number. */
function unetOf(inputs: readonly string[], fed: Feeds[]): Session {
  return {
    file: 'unet/model.onnx',
    inputs: inputs.map((name) => ({ name, type: 'float32', dims: name === 'timestep' ? [1] : ['batch'] })),
    outputs: [],
    wants: (name: string) => inputs.includes(name),
    run: async (feeds: Feeds) => {
      fed.push(feeds)
      return {}
    },
    floats: () => {
      const states = fed.at(-1)?.encoder_hidden_states?.data as Float32Array
      const each = (fed.at(-1)?.sample?.data.length ?? 0) / states.length
      const data = Float32Array.from({ length: states.length * each }, (_, i) => states[Math.floor(i / each)] as number)
      return tensor('float32', data, [data.length])
    },
  } as unknown as Session
}

test('guidance goes from what is not wanted past what is wanted', async () => {
  const fed: Feeds[] = []
  const unet = unetOf(['sample', 'timestep', 'encoder_hidden_states'], fed)
  const states = tensor('float32', Float32Array.of(1, 3), [2, 1, 1])
  const network = createNetwork(
    unet,
    { encoder_hidden_states: states },
    { dims: [1, 1, 2], guidance: 7.5, rescale: 0, context },
  )
  assert.deepEqual([...(await network(Float32Array.of(8, 9), 10))], [16, 16])
  assert.deepEqual(Array.from(fed[0]?.sample?.data ?? [], Number), [8, 9, 8, 9])
})

test('the spread of guided noise is brought back to that of the prompt’s own', async () => {
  const unet = {
    wants: () => true,
    inputs: [],
    outputs: [],
    floats: () => tensor('float32', Float32Array.of(0, 0, 1, 3), [4]),
  }
  const states = tensor('float32', Float32Array.of(1, 3), [2, 1, 1])
  const run = { ...unet, run: async () => ({}) } as unknown as Session
  const network = createNetwork(
    run,
    { encoder_hidden_states: states },
    { dims: [1, 1, 2], guidance: 4, rescale: 0.5, context },
  )
  // Guided to [4, 12], four times the spread: half of it goes back to [1, 3].
  assert.deepEqual([...(await network(Float32Array.of(8, 9), 10))], [2.5, 7.5])
})

test('a distilled network is told the strength and asked once', async () => {
  const fed: Feeds[] = []
  const unet = unetOf(['sample', 'timestep', 'encoder_hidden_states', 'timestep_cond'], fed)
  const told = tellStrength(unet, { time_cond_proj_dim: 4 }, 8.5)
  // sin and cos of 7500 and of 7500 / 10000, as the sinusoidal embedding of a timestep has them.
  const wanted = [Math.sin(7500), Math.sin(0.75), Math.cos(7500), Math.cos(0.75)]
  assert.ok(told?.data.every((value, i) => Math.abs(value - (wanted[i] as number)) < 1e-4))
  const states = tensor('float32', Float32Array.of(3), [1, 1, 1])
  const conditions = { encoder_hidden_states: states, timestep_cond: told ?? undefined }
  const network = createNetwork(unet, conditions, { dims: [1, 1, 2], guidance: 8.5, rescale: 0, context })
  assert.deepEqual([...(await network(Float32Array.of(8, 9), 10))], [3, 3])
  assert.equal(fed[0]?.timestep_cond, told)
  assert.equal(tellStrength(unetOf(['sample'], []), { time_cond_proj_dim: 4 }, 8.5), null)
})

test('a network that takes one sample at a time is asked twice, one that takes two sees it twice', async () => {
  const fed: Feeds[] = []
  const unet = unetOf(['sample', 'timestep', 'encoder_hidden_states'], fed)
  const fixed = (rows: number) => ({
    ...unet,
    inputs: unet.inputs.map((port) => (port.name === 'sample' ? { ...port, dims: [rows, 1, 1, 2] } : port)),
  })
  const both = { encoder_hidden_states: tensor('float32', Float32Array.of(1, 3), [2, 1, 1]) }
  const options = { dims: [1, 1, 2], guidance: 7.5, rescale: 0, context } as const
  assert.deepEqual([...(await createNetwork(fixed(1), both, options)(Float32Array.of(8, 9), 10))], [16, 16])
  assert.deepEqual(
    fed.map(({ sample }) => sample?.dims),
    [
      [1, 1, 1, 2],
      [1, 1, 1, 2],
    ],
  )
  const one = { encoder_hidden_states: tensor('float32', Float32Array.of(3), [1, 1, 1]) }
  assert.deepEqual([...(await createNetwork(fixed(2), one, options)(Float32Array.of(8, 9), 10))], [3, 3])
  assert.deepEqual(Array.from(fed[2]?.sample?.data ?? [], Number), [8, 9, 8, 9])
})
