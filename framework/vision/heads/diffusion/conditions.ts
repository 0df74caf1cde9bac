/** What a UNet is told beside the sample and the timestep: the text and, for Stable Diffusion XL, its gist and the frame. */

import { expected } from '#core/errors.ts'
import type { CallOptions } from '../../arguments.ts'
import { type Feeds, type Model, type Session, type TaskContext, type Tensor, tensor } from '../../task.ts'
import { stacked } from './outputs.ts'
import type { Asked } from './prompts.ts'
import { type InnerStates, innerStates, joinedStates, lastStates, openTextEncoder } from './text-encoder.ts'

/** Sides of the picture in pixels. */
export interface Frame {
  readonly height: number
  readonly width: number
}

export interface ConditionRequest {
  readonly asked: Asked
  /** Whether to be told what is not wanted as well. */
  readonly guided: boolean
  readonly frame: Frame
  readonly options: CallOptions
  readonly context: TaskContext
}

/** Feeds of one row, or of two where the call is guided: what is not wanted, then what is. */
export type Conditioner = (request: ConditionRequest) => Promise<Feeds>

export function openConditioner(model: Model, unet: Session): Promise<Conditioner> {
  return unet.wants('text_embeds') ? openTwoEncoders(model) : openOneEncoder(model)
}

async function openOneEncoder(model: Model): Promise<Conditioner> {
  const encoder = await openTextEncoder(model)
  return async ({ asked: { text, not }, guided, options, context }) => {
    if (options.get('clip_skip') !== undefined)
      throw expected(
        'clip_skip',
        'nothing for this model',
        options.get('clip_skip'),
        'Its graph gives the last layer alone.',
      )
    const texts = guided ? [not ?? '', text] : [text]
    return { encoder_hidden_states: await lastStates(encoder, texts, context) }
  }
}

/** Podell et al. 2023, “SDXL”: the states of two encoders, the second one's projection, and sizes as further conditions. */
async function openTwoEncoders(model: Model): Promise<Conditioner> {
  const encoders = await Promise.all(
    ['', '_2']
      .filter((suffix) => model.hasSession(`text_encoder${suffix}`))
      .map((suffix) => openTextEncoder(model, suffix)),
  )
  const zeros = model.config.force_zeros_for_empty_prompt !== false

  /** @param texts - for the first and the second encoder. */
  const encode = async (texts: readonly [string, string], skip: number, context: TaskContext): Promise<InnerStates> => {
    const all: InnerStates[] = []
    for (const [i, encoder] of encoders.entries()) {
      const text = texts[encoders.length === 1 ? 1 : i] as string
      all.push(await innerStates(encoder, text, skip, context))
    }
    const pooled = all.find((states) => states.pooled)?.pooled
    if (!pooled) throw model.broken('text_encoder_2/model.onnx', 'it gives no text_embeds')
    return { states: joinedStates(all.map(({ states }) => states)), pooled }
  }

  return async ({ asked, guided, frame, options, context }) => {
    const skip = options.number('clip_skip', 0, { min: 0, integer: true })
    const wanted = await encode([asked.text, asked.text2], skip, context)
    const time_ids = frameIds(options, '', frame)
    if (!guided)
      return {
        encoder_hidden_states: wanted.states,
        text_embeds: wanted.pooled ?? undefined,
        time_ids: stacked(time_ids),
      }
    const unwanted =
      asked.not === null && zeros ? nothing(wanted) : await encode([asked.not ?? '', asked.not2 ?? ''], 0, context)
    const against = options.get('negative_original_size') && options.get('negative_target_size')
    return {
      encoder_hidden_states: stacked(unwanted.states, wanted.states),
      text_embeds: stacked(unwanted.pooled as Tensor<'float32'>, wanted.pooled as Tensor<'float32'>),
      time_ids: stacked(against ? frameIds(options, 'negative_', frame) : time_ids, time_ids),
    }
  }
}

const nothing = ({ states, pooled }: InnerStates): InnerStates => ({
  states: { ...states, data: new Float32Array(states.data.length) },
  pooled: pooled && { ...pooled, data: new Float32Array(pooled.data.length) },
})

/** Size before cropping, upper left corner of the crop, and size wanted, each down before across. */
function frameIds(options: CallOptions, prefix: string, { height, width }: Frame): Tensor<'float32'> {
  const pair = (name: string, usual: readonly [number, number]): readonly number[] => {
    const given = options.get(`${prefix}${name}`)
    if (given === undefined) return usual
    if (Array.isArray(given) && given.length === 2 && given.every((side) => typeof side === 'number')) return given
    throw expected(`${prefix}${name}`, 'two numbers, height before width', given)
  }
  const values = [
    ...pair('original_size', [height, width]),
    ...pair('crops_coords_top_left', [0, 0]),
    ...pair('target_size', [height, width]),
  ]
  return tensor('float32', Float32Array.from(values), [1, values.length])
}
