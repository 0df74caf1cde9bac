/** Donut's way of answering from a document: question and answer are parts of one tagged text that the decoder goes on with. */

import type { CallOptions } from '#vision/arguments.ts'
import type { Json, Model, TaskContext } from '#vision/task.ts'
import { openWriter } from './writer.ts'

export async function openReader(model: Model) {
  const writer = await openWriter(model)
  const names = (await model.json('tokenizer_config.json')) ?? {}
  const silent = [tokenText(names, 'eos_token'), tokenText(names, 'pad_token')].filter((token) => token !== '')

  return async (image: unknown, question: string, options: CallOptions, context: TaskContext) => {
    const words = `<s_docvqa><s_question>${question}</s_question><s_answer>`
    const texts = await writer.write(image, words, options.all, context)
    return texts.map((ids) => ({ answer: answerIn(writer.tokenizer.decode(ids), silent) }))
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
