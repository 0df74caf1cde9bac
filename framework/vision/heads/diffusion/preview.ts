/** A picture out of latents without running the decoder: each latent pixel in the colour that the decoder would give it. */

import type { Image } from '#core/media.ts'
import { solveLinear } from '../../linear.ts'
import { createNoise } from '../../schedulers/noise.ts'
import type { TaskContext } from '../../task.ts'
import type { Decoder } from './decoder.ts'
import type { Shape } from './outputs.ts'
import { toPicture, unitValues } from './pictures.ts'

/** Of the latents that colours are learnt from: 256 pixels for a handful of unknowns. */
const SIDE = 16
const COLOURS = 3

/** What each channel adds to red, green and blue; last what is there without any. */
type Mixture = readonly (readonly number[])[]

export interface Preview {
  /** One latent pixel a pixel. Null where the decoder takes no other size than its own. */
  picture(latents: Float32Array, dims: Shape, context: TaskContext): Promise<Image | null>
}

/** The mixture of colours is learnt from the decoder at the first call, which costs about a tenth of a picture's decoding. */
export function createPreview(decoder: Decoder): Preview {
  const [, , ...sides] = decoder.session.inputs[0]?.dims ?? []
  const free = sides.every((side) => typeof side !== 'number' || side <= 0)
  let learnt: Mixture | null = null
  return {
    async picture(latents, dims, context) {
      if (!free) return null
      learnt ??= await learnMixture(decoder, dims[0], context)
      return toPicture(mix(learnt, latents, dims), 'preview.png')
    },
  }
}

/** By least squares, from what the decoder makes of noise. */
async function learnMixture(decoder: Decoder, channels: number, context: TaskContext): Promise<Mixture> {
  const noise = createNoise(0).normal(channels * SIDE * SIDE)
  const { data, dims } = await decoder.decode(noise, [channels, SIDE, SIDE], context)
  const [height = 0, width = 0, colours = COLOURS] = dims
  const size = channels + 1
  const sums = Array.from({ length: size }, () => new Array<number>(size + COLOURS).fill(0))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const place = Math.floor((y * SIDE) / height) * SIDE + Math.floor((x * SIDE) / width)
      const known = Array.from({ length: channels }, (_, c) => noise[c * SIDE * SIDE + place] as number)
      const pixel = (y * width + x) * colours
      const row = [...known, 1, ...data.subarray(pixel, pixel + COLOURS)]
      for (let i = 0; i < size; i++) for (const [j, value] of row.entries()) add(sums[i], j, (row[i] as number) * value)
    }
  }
  const columns = Array.from({ length: COLOURS }, (_, colour) =>
    solveLinear(sums.map((row) => [...row.slice(0, size), row[size + colour] as number])),
  )
  return Array.from({ length: size }, (_, channel) => columns.map((column) => column[channel] as number))
}

function add(row: number[] | undefined, index: number, value: number): void {
  if (row) row[index] = (row[index] as number) + value
}

function mix(mixture: Mixture, latents: Float32Array, [channels, height, width]: Shape) {
  const count = height * width
  const rest = mixture[channels] as readonly number[]
  const planes = Float32Array.from({ length: COLOURS * count }, (_, at) => {
    const [colour, place] = [Math.floor(at / count), at % count]
    let value = rest[colour] as number
    for (let c = 0; c < channels; c++)
      value += (mixture[c]?.[colour] as number) * (latents[c * count + place] as number)
    return value
  })
  return unitValues(planes, [COLOURS, height, width], [0, 1])
}
