/**
 * `pipe(image, { max_new_tokens, num_beams = 1, prompt, … })` -> `[{ generated_text }]`
 *
 * Captions and recognised text. Options of generation are transformers' (see `heads/generation/options.ts`), beside the
 * others or in `generate_kwargs`; what a call leaves out comes from the model. `num_return_sequences` gives as many entries,
 * best first. `prompt` is a text to go on from, for the models that take one: it is part of the answer.
 */

import { CallOptions } from '../arguments.ts'
import type { GenerationOptions } from '../heads/generation/options.ts'
import { openWriter } from '../heads/generation/writer.ts'
import { defineTask } from '../task.ts'

export interface ImageToTextOptions extends GenerationOptions {
  prompt?: string
  /** Options of generation in a record of their own, as Python's pipeline takes them. */
  generate_kwargs?: GenerationOptions
}

export default defineTask({
  task: 'image-to-text',
  async open(model) {
    const writer = await openWriter(model)
    return {
      async run([image, given], context): Promise<{ generated_text: string }[]> {
        const options = new CallOptions(given)
        const texts = await writer.write(image, options.text('prompt', '') || null, options.all, context)
        return texts.map((ids) => ({ generated_text: writer.tokenizer.decode(ids, { special: false }) }))
      },
    }
  },
})
