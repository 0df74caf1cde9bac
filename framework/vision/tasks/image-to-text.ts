/**
 * `pipe(image, { max_new_tokens, num_beams = 1, prompt, … })` -> `[{ generated_text }]`
 *
 * Captions and recognised text. Options of generation are transformers' (see `heads/generation/options.ts`), beside the
 * others or in `generate_kwargs`; what a call leaves out comes from the model. `num_return_sequences` gives as many entries,
 * best first. `prompt` is a text to go on from, for the models that take one: it is part of the answer. For Florence-2 it is
 * a task, `<CAPTION>` or `<OD>`, and what is found comes as `regions`. The text so far is the third thing that `onProgress`
 * is told: see `streamed`.
 */

import type { Image } from '#core/media.ts'
import { CallOptions } from '../arguments.ts'
import { openCharacters } from '../heads/characters.ts'
import { bannedPhrases, parseRegions, type Region } from '../heads/generation/located.ts'
import type { GenerationOptions } from '../heads/generation/options.ts'
import { readPrompt } from '../heads/generation/task-prompts.ts'
import { openWriter, type Written } from '../heads/generation/writer.ts'
import { defineTask, type Model } from '../task.ts'

export interface ImageToTextOptions extends GenerationOptions {
  prompt?: string
  /** Leaves tags such as Donut's `<s_total>` out of the text. Default true; `parseTaggedText` reads a text that has them. */
  skip_special_tokens?: boolean
  /** Options of generation in a record of their own, as Python's pipeline takes them. */
  generate_kwargs?: GenerationOptions
}

export interface GeneratedText {
  readonly generated_text: string
  /** What the text names and where it is, for prompts of Florence-2 that ask for places. */
  readonly regions?: readonly Region[]
  /** How sure a model is that spells a word at once. */
  readonly score?: number
}

/** One graph that says every letter of a word at once (MGP-STR). */
async function spellsWords(model: Model): Promise<boolean> {
  return model.hasSession('model') && (await model.session()).outputs.some(({ name }) => name === 'char_logits')
}

export default defineTask({
  task: 'image-to-text',
  async open(model) {
    if (await spellsWords(model)) {
      const read = await openCharacters(model)
      return { run: ([image], context): Promise<GeneratedText[]> => read(image, context) }
    }
    const { tokenizer, write } = await openWriter(model)
    const banned = bannedPhrases(await model.json('processor_config.json'))
    return {
      async run([image, given], context): Promise<GeneratedText[]> {
        const options = new CallOptions(given)
        const prompt = options.text('prompt', '')
        const special = !options.boolean('skip_special_tokens', true)
        const { places } = readPrompt(prompt)
        // Opened once: it may have to be fetched.
        const source = places ? await context.image(image) : image
        const answerOf = ({ ids }: Written): GeneratedText => {
          const generated_text = tokenizer.decode(ids, { special })
          if (!places) return { generated_text }
          return { generated_text, regions: parseRegions(tokenizer.decode(ids), source as Image, places, banned) }
        }
        const texts = await write(source, prompt || null, options.all, context, (text) => [answerOf(text)])
        return texts.map(answerOf)
      },
    }
  },
})
