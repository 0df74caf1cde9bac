/** Where a model's own settings of generation are said, and what its texts begin with. */

import { expected } from '#core/errors.ts'
import type { Json, Model } from '#vision/task.ts'
import type { Tokenizer } from '#vision/text/tokenizer.ts'
import type { GenerationSettings } from './settings.ts'

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

/** Configuration of the part that writes, over that of the whole. */
export function textConfig(config: Json): Json {
  return { ...config, ...record(config.text_config), ...record(config.decoder) }
}

/** Its decoder is a text model of its own, which is given what is seen. */
export const isBlip = ({ model_type }: Json) => String(model_type).startsWith('blip')

export const isDonut = ({ encoder }: Json) => String(record(encoder).model_type).includes('donut')

/** First wins. Where there is no `generation_config.json` the configuration is read, as repositories had it before 2023. */
export async function ownSettings(model: Model): Promise<Json[]> {
  const { config } = model
  const file = await model.json('generation_config.json')
  const [decoder, text] = [record(config.decoder), record(config.text_config)]
  const { bos_token_id, sep_token_id, pad_token_id } = text
  // BLIP's decoder begins and ends with these, whatever its generation_config.json says.
  const blip = isBlip(config) ? [{ bos_token_id, eos_token_id: sep_token_id, pad_token_id }] : []
  const { decoder_start_token_id } = { ...text, ...decoder, ...config }
  const forTask = record(record(config.task_specific_params)['image-to-text'])
  const last = { decoder_start_token_id, bos_token_id: textConfig(config).bos_token_id }
  return [...blip, forTask, ...(file ? [file] : [config, decoder, text]), last]
}

/**
 * The first tokens of every text: the start token, and behind it the prompt or the tokens that a call gives.
 * @param encoded - whether there is an encoder: the start token is the decoder's then.
 */
export function startOf(
  model: Model,
  settings: GenerationSettings,
  tokenizer: Tokenizer,
  { words, given, encoded }: { words: string | null; given: readonly number[] | null; encoded: boolean },
): readonly number[] {
  const { config } = model
  const said = given ?? (words === null ? [] : tokenizer.encode(words, { special: false }).ids)
  const start = (encoded && !isBlip(config) ? settings.start : null) ?? settings.begin
  // Donut's prompts begin with a tag in place of the start token; a decoder alone is given all that it reads.
  if (said.length > 0 && (isDonut(config) || (given && !encoded))) return said
  if (start === null) throw model.broken('generation_config.json', 'it names no decoder_start_token_id or bos_token_id')
  return said[0] === start ? said : [start, ...said]
}

/** `decoder_input_ids`: one list of tokens, or a list of one such list as Python has it. */
export function tokensGiven(value: unknown): number[] | null {
  if (value === undefined || value === null) return null
  const list = Array.isArray(value) && value.length === 1 && Array.isArray(value[0]) ? value[0] : value
  if (Array.isArray(list) && list.length > 0 && list.every((id) => Number.isInteger(id) && id >= 0)) return list
  throw expected('decoder_input_ids', 'a list of token ids', value)
}
