import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSpaceError } from '#core/errors.ts'
import { type Provider, withProviders } from './providers.ts'

/** onnxruntime on a machine with these providers, of which some lack what they need. */
function machine(built: readonly string[], lacking: Readonly<Record<string, string>>) {
  const ort = { listSupportedBackends: () => built.map((name) => ({ name })) } as unknown as Parameters<
    typeof withProviders
  >[0]
  const open = async (providers: readonly Provider[]) => {
    const lame = providers.find((name) => (name as string) in lacking)
    if (lame !== undefined) throw new Error(lacking[lame as string])
    return providers
  }
  return (wanted: readonly Provider[]) => withProviders(ort, wanted, open)
}

// The words of onnxruntime 1.30.
const LACKING = {
  cuda: 'OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library',
  tensorrt: 'OrtSessionOptionsAppendExecutionProvider_TensorRT: Failed to load shared library',
  webgpu: 'webgpu_context.cc:136 Initialize: Failed to get a WebGPU adapter: No supported adapters\n',
}
const BUILT = ['cpu', 'webgpu', 'cuda', 'tensorrt']

const refusal = async (work: Promise<unknown>) => {
  const error = await work.catch((thrown: unknown) => thrown)
  assert.ok(isSpaceError(error), String(error))
  return error.message
}

test('of providers in order of preference those are taken that the machine has', async () => {
  const open = machine(BUILT, LACKING)
  assert.deepEqual(await open(['cpu']), ['cpu'])
  assert.deepEqual(await open(['cuda', 'cpu']), ['cpu'])
  assert.deepEqual(await open(['coreml', 'tensorrt', 'cuda', 'webgpu', 'cpu']), ['cpu'])
  assert.deepEqual(await machine(BUILT, { tensorrt: LACKING.tensorrt })(['cuda', 'tensorrt']), ['cuda'])
  assert.deepEqual(await machine(BUILT, {})([{ name: 'cuda' }, 'cpu']), [{ name: 'cuda' }, 'cpu'])
})

test('where none can be used that is said, and which there are', async () => {
  const open = machine(BUILT, LACKING)
  assert.match(await refusal(open(['cuda'])), /providers: expected execution providers whose libraries .* got cuda/)
  assert.match(await refusal(open(['webgpu', 'cuda'])), /got webgpu, cuda/)
  assert.match(await refusal(open(['coreml'])), /out of cpu, webgpu, cuda, tensorrt, got “coreml”/)
  assert.match(await refusal(open(['abacus', 'cpu'])), /got “abacus”/)
})

test('a graph that is broken is no fault of a provider', async () => {
  const ort = { listSupportedBackends: () => [{ name: 'cpu' }, { name: 'cuda' }] } as never
  const broken = () => Promise.reject(new Error('Protobuf parsing failed.'))
  await assert.rejects(withProviders(ort, ['cuda', 'cpu'], broken), /^Error: Protobuf parsing failed/)
})
