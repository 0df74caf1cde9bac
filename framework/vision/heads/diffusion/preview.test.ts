import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type TaskContext, tensor } from '../../task.ts'
import type { Decoder } from './decoder.ts'
import { createPreview } from './preview.ts'

const context = {} as TaskContext
const MIXTURE = [
  [0.05, -0.02, 0.01],
  [0.02, 0.04, -0.03],
]

/** Two pixels a side for each latent, in a mixture of its two channels on grey. */
function decoderOf(dims: readonly (number | string)[], runs: number[]): Decoder {
  return {
    session: { inputs: [{ name: 'latent_sample', type: 'float32', dims }] },
    config: {},
    reduction: 2,
    decode: async (latents: Float32Array, [, height, width]: readonly number[]) => {
      const [rows, columns] = [height as number, width as number]
      runs.push(rows)
      const data = Float32Array.from({ length: rows * columns * 12 }, (_, at) => {
        const [y, x, colour] = [Math.floor(at / (columns * 6)) >> 1, (Math.floor(at / 3) % (columns * 2)) >> 1, at % 3]
        const of = (channel: number) =>
          (latents[(channel * rows + y) * columns + x] as number) * (MIXTURE[channel]?.[colour] as number)
        return 0.5 + of(0) + of(1)
      })
      return tensor('float32', data, [rows * 2, columns * 2, 3])
    },
  } as unknown as Decoder
}

test('latents are shown in the colours that the decoder gives them, which it is asked for once', async () => {
  const runs: number[] = []
  const preview = createPreview(decoderOf(['batch', 2, 'height', 'width'], runs))
  const latents = Float32Array.of(0, 1, -2, 0, 3, 1)
  const picture = await preview.picture(latents, [2, 1, 3], context)
  // 255 * (0.5 + mixture), pixel by pixel: latents (0, 0), (1, 3) and (-2, 1)
  const { data } = (await picture?.rgb()) ?? { data: [] }
  assert.deepEqual([...data], [128, 128, 128, 156, 153, 107, 107, 148, 115])
  await preview.picture(latents, [2, 1, 3], context)
  assert.deepEqual(runs, [16])
})

test('a decoder of one size alone has no preview', async () => {
  const preview = createPreview(decoderOf([1, 2, 64, 64], []))
  assert.equal(await preview.picture(new Float32Array(2), [2, 1, 1], context), null)
})
