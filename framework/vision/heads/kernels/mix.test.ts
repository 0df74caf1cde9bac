import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assemble } from '../../../../test/helpers/assemble.ts'
import { BINARY, createMixer, createPlainMixer } from './mix.ts'

test('the binary is what mix.wat assembles to', async () => {
  assert.equal(await assemble(new URL('./mix.wat', import.meta.url)), BINARY)
})

for (const [queries, classes, width] of [
  [1, 1, 1],
  [3, 2, 16],
  [7, 5, 33],
  [20, 3, 100],
] as const) {
  test(`${queries} rows make the same ${classes} rows of ${width} with and without SIMD`, () => {
    const weights = Float32Array.from({ length: classes * queries }, (_, i) => ((i * 37) % 101) / 101)
    const mixers = [createMixer(weights, queries, width), createPlainMixer(weights, queries, width)]
    const [fast, plain] = mixers.map((mixer) => {
      for (let query = 0; query < queries; query++) {
        mixer.put(
          query,
          Float32Array.from({ length: width }, (_, x) => ((x * 13 + query * 7) % 29) / 29),
        )
      }
      const into = new Float32Array(classes * width)
      mixer.mix(into)
      return [...into]
    })
    assert.deepEqual(fast, plain)
  })
}
