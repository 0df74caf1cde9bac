/**
 * A model that writes about a picture. Its shape is read from the graphs: an encoder beside a decoder (ViT-GPT2, TrOCR,
 * Donut, BLIP), or one graph that takes picture and text together (GIT).
 */

import { pictureFeeds, runGraph } from '#vision/feeds.ts'
import type { Feeds, Json, Model, Processed, Session, TaskContext } from '#vision/task.ts'
import type { Tokenizer } from '#vision/text/tokenizer.ts'
import { createDecoder } from './decoder.ts'
import { generate } from './generate.ts'
import { type GenerationSettings, generationSettings } from './settings.ts'

export interface Writer {
  /** The call's options over the model's own. */
  settings(options: Json): GenerationSettings
  /** Tokens that a text begins with: the model's start token, and the prompt as this kind of model takes it. */
  prompt(settings: GenerationSettings, tokenizer: Tokenizer, text: string | null): number[]
  /** Token ids of each text, best first, prompt and end token included. Reports every token as progress. */
  write(
    picture: Processed,
    prompt: readonly number[],
    settings: GenerationSettings,
    context: TaskContext,
  ): Promise<number[][]>
}

const record = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})

/** @throws SpaceError `model-file-missing` where there is no decoder */
export async function openWriter(model: Model): Promise<Writer> {
  const encoder = model.hasSession('encoder_model') ? await model.session('encoder_model') : null
  const graphs = encoder ? await decoderGraphs(model) : alone(await model.session())
  const own = await ownSettings(model)
  const text = textConfig(model.config)
  const places = numberIn(text, 'max_position_embeddings', 'n_positions', 'max_target_positions')

  return {
    settings: (options) => generationSettings(options, ...own),
    prompt: (settings, tokenizer, words) => startOf(model, settings, tokenizer, words),
    async write(picture, prompt, settings, context) {
      const given = await picturePart(encoder ?? graphs.first, encoder !== null, picture, context)
      return generate({
        decoder: () => createDecoder(graphs, given, (session, feeds) => runGraph(session, feeds, context)),
        settings,
        prompt,
        places,
        signal: context.signal,
        onStep: (step, total) => context.onProgress(step / total, `Token ${step} of at most ${total}`),
      })
    },
  }
}

const alone = (session: Session) => ({ first: session, later: hasPast(session) ? session : null })
const hasPast = (session: Session) => session.inputs.some(({ name }) => name.startsWith('past_key_values.'))

async function decoderGraphs(model: Model): Promise<{ first: Session; later: Session | null }> {
  if (model.hasSession('decoder_model_merged')) return alone(await model.session('decoder_model_merged'))
  if (!model.hasSession('decoder_with_past_model')) return alone(await model.session('decoder_model'))
  const [first, later] = await Promise.all([model.session('decoder_model'), model.session('decoder_with_past_model')])
  return { first, later }
}

/** What the decoder is shown of the picture at every step. */
async function picturePart(
  session: Session,
  encodes: boolean,
  picture: Processed,
  context: TaskContext,
): Promise<Feeds> {
  const feeds = pictureFeeds(session, picture)
  if (!encodes) return feeds
  const outputs = await runGraph(session, feeds, context)
  return { encoder_hidden_states: session.output(outputs, 'last_hidden_state', 'encoder_hidden_states') }
}

function textConfig(config: Json): Json {
  return { ...config, ...record(config.text_config), ...record(config.decoder) }
}

function numberIn(config: Json, ...names: readonly string[]): number | null {
  return names.map((name) => config[name]).find((value) => typeof value === 'number') ?? null
}

/** Where the model's own settings are said, first wins. */
async function ownSettings(model: Model): Promise<Json[]> {
  const { config } = model
  const file = await model.json('generation_config.json')
  const text = record(config.text_config)
  // BLIP's decoder ends with the separator, whatever its generation_config.json says.
  const blip = isBlip(config) ? [{ eos_token_id: text.sep_token_id, pad_token_id: text.pad_token_id }] : []
  const tokens = { decoder_start_token_id: startToken(config), bos_token_id: textConfig(config).bos_token_id }
  if (file) return [...blip, file, tokens]
  return [...blip, record(config.decoder), text, config, tokens]
}

const isBlip = (config: Json) => String(config.model_type).startsWith('blip')

function startToken(config: Json): unknown {
  return config.decoder_start_token_id ?? record(config.decoder).decoder_start_token_id
}

function startOf(model: Model, settings: GenerationSettings, tokenizer: Tokenizer, words: string | null): number[] {
  const encoderDecoder = model.config.is_encoder_decoder === true || model.config.decoder !== undefined
  if (isBlip(model.config)) {
    const begin = settings.begin ?? 0
    return words === null ? [begin] : [begin, ...tokenizer.encode(words).ids.slice(1, -1)]
  }
  // GIT's prompts begin with the classification token, which is its start token as well.
  const start = (encoderDecoder ? settings.start : null) ?? settings.begin
  const said = words === null ? [] : tokenizer.encode(words, { special: false }).ids
  if (encoderDecoder && said.length) return said
  if (start === null) throw model.broken('generation_config.json', 'it names no decoder_start_token_id or bos_token_id')
  return [start, ...said]
}
