/**
 * Answers that are written. For Donut question and answer are parts of one tagged text that the decoder goes on with; other
 * models are asked in plain words.
 */

import type { CallOptions } from '#vision/arguments.ts'
import type { Json, Model, TaskContext } from '#vision/task.ts'
import { isDonut } from './own-settings.ts'
import { openWriter } from './writer.ts'

export async function openReader(model: Model) {
  const { tokenizer, write } = await openWriter(model)
  const { decode } = tokenizer
  const tagged = tokenizer.idOf('<s_answer>') !== undefined || isDonut(model.config)
  const names = (await model.json('tokenizer_config.json')) ?? {}
  const silent = [tokenText(names, 'eos_token'), tokenText(names, 'pad_token')].filter((token) => token !== '')

  return async (image: unknown, question: string, options: CallOptions, context: TaskContext) => {
    const words = tagged ? `<s_docvqa><s_question>${question}</s_question><s_answer>` : question
    const texts = await write(image, words, options.all, context)
    return texts.map(({ ids, fresh }) => ({
      answer: tagged ? answerIn(decode(ids), silent) : decode(fresh, { special: false }).trim(),
    }))
  }
}

/** Between the answer's first tag and the last end tag, as transformers cuts it out: end tags in between stay. */
export function answerIn(text: string, silent: readonly string[]): string | null {
  const spoken = silent.reduce((rest, token) => rest.replaceAll(token, ''), text)
  const [, answer] = /<s_answer>(.*)<\/s_answer>/.exec(spoken.replace(/<.*?>/, '').trim()) ?? []
  return answer?.trim() ?? null
}

function tokenText(config: Json, name: string): string {
  const token = config[name]
  return typeof token === 'string' ? token : ((token as { content?: string } | null | undefined)?.content ?? '')
}
