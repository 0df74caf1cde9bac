/**
 * `pipe(image, { max_new_tokens, num_beams = 1, prompt, … })` -> `[{ generated_text }]`
 *
 * Captions and recognised text. Options of generation are transformers' (see `heads/generation/settings.ts`), beside the
 * others or in `generate_kwargs`; what a call leaves out comes from the model. `num_return_sequences` gives as many entries,
 * best first. `prompt` is a text to go on from, for the models that take one: it is part of the answer.
 */

import { CallOptions } from '../arguments.ts'
import type { GenerationOptions } from '../heads/generation/settings.ts'
import { openWriter } from '../heads/generation/writer.ts'
import { defineTask, type Json } from '../task.ts'
import { openTokenizer } from '../text/tokenizer.ts'

export interface ImageToTextOptions extends GenerationOptions {
  prompt?: string
  /** Options of generation in a record of their own, as Python's pipeline takes them. */
  generate_kwargs?: GenerationOptions
}

export default defineTask({
  task: 'image-to-text',
  async open(model) {
    const [writer, processor, tokenizer] = await Promise.all([
      openWriter(model),
      model.processor(),
      openTokenizer(model),
    ])
    return {
      async run([image, given], context): Promise<{ generated_text: string }[]> {
        const options = new CallOptions(given)
        const settings = writer.settings((given ?? {}) as Json)
        const words = options.text('prompt', '')
        const prompt = writer.prompt(settings, tokenizer, words || null)
        const pixels = await context.pixels(image)
        const picture = await context.time('preprocess', () => processor.process(pixels))
        const texts = await writer.write(picture, prompt, settings, context)
        return texts.map((ids) => ({ generated_text: tokenizer.decode(ids, { special: false }) }))
      },
    }
  },
})
