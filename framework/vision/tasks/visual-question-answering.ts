/**
 * `pipe(image, question, { top_k = 5 })` -> `[{ score, answer }]`, best first
 *
 * The answers are the model's own classes; scores are independent of each other (ViLT).
 */

import { questionAndOptions } from '../arguments.ts'
import { pictureFeeds, runGraph } from '../feeds.ts'
import { sigmoids } from '../heads/activations.ts'
import { topK } from '../heads/topk.ts'
import { defineTask } from '../task.ts'
import { openTokenizer } from '../text/tokenizer.ts'

export interface VisualQuestionAnsweringOptions {
  /** How many answers at most. Default 5. */
  top_k?: number
}

export interface ScoredAnswer {
  readonly score: number
  readonly answer: string
}

export default defineTask({
  task: 'visual-question-answering',
  async open(model) {
    const [session, processor, tokenizer] = await Promise.all([
      model.session(),
      model.processor(),
      openTokenizer(model),
    ])
    return {
      async run(args, context): Promise<ScoredAnswer[]> {
        const { question, options } = questionAndOptions(args)
        const count = options.number('top_k', 5, { min: 1, integer: true })
        const pixels = await context.pixels(args[0])
        const feeds = await context.time('preprocess', () => ({
          ...pictureFeeds(session, processor.process(pixels)),
          ...tokenizer.batch([question]),
        }))
        const logits = session.floats(await runGraph(session, feeds, context), 'logits')
        if (logits.dims.length !== 2) throw model.broken(session.file, 'it does not give one score for each answer')
        return topK(sigmoids(logits.data), count).map(({ value, index }) => ({
          score: value,
          answer: model.label(index),
        }))
      },
    }
  },
})
