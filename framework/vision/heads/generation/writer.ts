/** A model that writes about a picture: what it is shown, what its texts begin with, and the decoder that goes on. */

import { runGraph } from '#vision/feeds.ts'
import type { Json, Model, Session, TaskContext } from '#vision/task.ts'
import { openTokenizer, type Tokenizer } from '#vision/text/tokenizer.ts'
import { createDecoder } from './decoder.ts'
import { generate } from './generate.ts'
import { isBlip, ownSettings, startOf, textConfig, tokensGiven } from './own-settings.ts'
import { checkWords, flattened, generationSettings } from './settings.ts'
import { openSight } from './sight.ts'

/** A text as tokens, end token included. */
export interface Written {
  readonly ids: readonly number[]
  /** Without what it was told to begin with. */
  readonly fresh: readonly number[]
}

export interface Writer {
  readonly tokenizer: Tokenizer
  /**
   * Texts about a picture, best first. Every token is reported as progress.
   * @param words - question or prompt, as this kind of model takes it. @param options - of the call, over the model's own.
   * @param answerOf - what the call would answer with this text alone: told as it grows.
   */
  write(
    image: unknown,
    words: string | null,
    options: Json,
    context: TaskContext,
    answerOf?: (text: Written) => unknown,
  ): Promise<Written[]>
}

/** @throws SpaceError `model-file-missing` where there is no decoder */
export async function openWriter(model: Model): Promise<Writer> {
  const [graphs, tokenizer, own] = await Promise.all([openGraphs(model), openTokenizer(model), ownSettings(model)])
  const sight = await openSight(model, tokenizer, graphs.first)
  const text = textConfig(model.config)
  const places = numberIn(text, 'max_position_embeddings', 'n_positions', 'max_target_positions')
  const scored = graphs.first.outputs.find(({ name }) => name === 'logits')?.dims.at(-1)
  const vocabulary = typeof scored === 'number' && scored > 0 ? scored : Infinity
  // Words that an encoder of pictures does not see are the decoder's.
  const sourceOf = (words: string | null, prompt: readonly number[]) => {
    if (sight.readsWords) return isBlip(model.config) || words === null ? prompt : tokenizer.encode(words).ids
    return sight.encodes && !isBlip(model.config) ? [] : prompt
  }

  // A letter of several tokens is not shown before its last one.
  const endsWhole = (tokens: readonly number[]) => !tokenizer.decode(tokens.slice(-4)).endsWith('\uFFFD')

  return {
    tokenizer,
    async write(image, words, options, context, answerOf) {
      const settings = generationSettings(options, ...own)
      const given = tokensGiven(flattened(options).decoder_input_ids)
      const begins = { words: sight.readsWords ? null : words, given, encoded: sight.encodes }
      const prompt = startOf(model, settings, tokenizer, begins)
      checkWords(settings, given ?? [], vocabulary)
      const seen = await sight.see(image, words, context)
      const written = (ids: readonly number[]): Written => ({ ids, fresh: ids.slice(prompt.length) })
      const texts = await generate({
        decoder: createDecoder(graphs, seen, (session, feeds) => runGraph(session, feeds, context)),
        settings,
        prompt,
        source: sourceOf(words, prompt),
        places,
        signal: context.signal,
        textOf: (tokens) => tokenizer.decode(tokens),
        onStep(tokens, most) {
          const [step, total] = [tokens.length + 1 - prompt.length, most - prompt.length]
          const partial = step > 1 && endsWhole(tokens) ? answerOf?.(written(tokens)) : undefined
          context.onProgress(step / total, `Token ${step} of at most ${total}`, partial)
        },
      })
      return texts.map(written)
    },
  }
}

interface Graphs {
  readonly first: Session
  readonly later: Session | null
  readonly embed: Session | null
}

async function openGraphs(model: Model): Promise<Graphs> {
  const embed = model.hasSession('embed_tokens') ? await model.session('embed_tokens') : null
  const whole = ['decoder_model_merged', 'text_decoder_merged'].find((name) => model.hasSession(name))
  if (whole) return { ...alone(await model.session(whole)), embed }
  const base = ['decoder_model', 'text_decoder', 'decoder'].find((name) => model.hasSession(name))
  if (!base)
    return { ...alone(await model.session(model.hasSession('encoder_model') ? 'decoder_model' : 'model')), embed }
  const withPast = [`${base.replace(/_model$/, '')}_with_past_model`, `${base}_with_past`].find(model.hasSession)
  const first = await model.session(base)
  return { first, later: withPast ? await model.session(withPast) : alone(first).later, embed }
}

const alone = (session: Session) => ({ first: session, later: hasPast(session) ? session : null })
const hasPast = (session: Session) => session.inputs.some(({ name }) => name.startsWith('past_key_values.'))

function numberIn(config: Json, ...names: readonly string[]): number | null {
  return names.map((name) => config[name]).find((value) => typeof value === 'number') ?? null
}
