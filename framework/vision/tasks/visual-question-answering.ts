/**
 * `pipe(image, question, { top_k = 5 })` -> `[{ score, answer }]`, best first
 *
 * ViLT chooses among the classes of its configuration; scores are independent of each other. Models that write (BLIP, GIT,
 * Florence-2) answer in their own words: `[{ answer }]`, with the options of generation.
 */

import { expected } from '#core/errors.ts'
import { type CallOptions, questionAndOptions } from '../arguments.ts'
import { pictureFeeds, runGraph } from '../feeds.ts'
import { sigmoids } from '../heads/activations.ts'
import type { GenerationOptions } from '../heads/generation/options.ts'
import { openWriter, type Written } from '../heads/generation/writer.ts'
import { torchTopK } from '../heads/topk.ts'
import { defineTask, type Model, type TaskContext } from '../task.ts'
import { openTokenizer } from '../text/tokenizer.ts'

export interface VisualQuestionAnsweringOptions extends GenerationOptions {
  /** How many answers at most; for models that write among how many tokens is drawn with `do_sample`. Default 5. */
  top_k?: number
  /** Cuts a question that is longer than the model can read, instead of refusing it. Default false. */
  truncation?: boolean
}

/** Models that choose an answer give its score; those that write it give none. */
export interface ScoredAnswer {
  readonly score?: number
  readonly answer: string
}

type Answers = (image: unknown, question: string, options: CallOptions, context: TaskContext) => Promise<ScoredAnswer[]>

export default defineTask({
  task: 'visual-question-answering',
  async open(model) {
    const answers = (await writes(model)) ? await openWriting(model) : await openChoosing(model)
    return {
      async run(args, context): Promise<ScoredAnswer[]> {
        const { question, options } = questionAndOptions(args)
        return answers(args[0], question, options, context)
      },
    }
  },
})

/** A decoder, or one graph that has scores for every token instead of every answer. */
async function writes(model: Model): Promise<boolean> {
  if (!model.hasSession('model')) return true
  const { outputs } = await model.session()
  return outputs.find(({ name }) => name === 'logits')?.dims.length === 3
}

async function openWriting(model: Model): Promise<Answers> {
  const { tokenizer, write } = await openWriter(model)
  return async (image, question, options, context) => {
    const answerOf = ({ fresh }: Written) => ({ answer: tokenizer.decode(fresh, { special: false }).trim() })
    return (await write(image, question, options.all, context, (text) => [answerOf(text)])).map(answerOf)
  }
}

const TOO_LONG = 'Ask in fewer words, or give truncation: true to have the end cut off.'

async function openChoosing(model: Model): Promise<Answers> {
  const [session, processor, tokenizer] = await Promise.all([model.session(), model.processor(), openTokenizer(model)])
  const { max_position_embeddings: most = Infinity } = model.config as { max_position_embeddings?: number }
  return async (image, question, options, context) => {
    const count = options.number('top_k', 5, { min: 1, integer: true })
    const pixels = await context.pixels(image)
    const text = tokenizer.batch([question], { maxLength: options.boolean('truncation', false) ? most : Infinity })
    const length = text.input_ids.dims[1] as number
    if (length > most) throw expected('question', `at most ${most} tokens`, length, TOO_LONG)
    const feeds = await context.time('preprocess', () => ({
      ...pictureFeeds(session, processor.process(pixels)),
      ...text,
    }))
    const logits = session.floats(await runGraph(session, feeds, context), 'logits')
    if (logits.dims.length !== 2) throw model.broken(session.file, 'it does not give one score for each answer')
    return torchTopK(sigmoids(logits.data), count).map(({ value, index }) => ({
      score: value,
      answer: model.label(index),
    }))
  }
}
