/**
 * `pipe(image, question, options)` answers from a document.
 *
 * Donut and its like read the picture and write: `[{ answer }]`, null where they wrote none. Options are those of generation.
 * LayoutLM points at words: `[{ score, answer, start, end }]`, best first, start and end being indices of words. It needs
 * `word_boxes`, `[word, [left, top, right, bottom]]` with coordinates in thousandths of the page: there is no OCR inside.
 * Its options: `top_k` (1), `max_answer_len` (15, in tokens), `max_seq_len`, `doc_stride`, `handle_impossible_answer`.
 */

import { questionAndOptions } from '../arguments.ts'
import type { GenerationOptions } from '../heads/generation/options.ts'
import { openReader } from '../heads/generation/reader.ts'
import { openPointer } from '../heads/pointer.ts'
import { defineTask } from '../task.ts'

type Place = readonly [left: number, top: number, right: number, bottom: number]

/** Pairs, records, or two lists side by side. */
export type WordBoxes =
  | readonly (readonly [word: string, box: Place])[]
  | readonly { readonly word: string; readonly box: Place }[]
  | { readonly words: readonly string[]; readonly boxes: readonly Place[] }

export interface DocumentQuestionAnsweringOptions extends GenerationOptions {
  /** The words on the page and where they stand: left, top, right, bottom in thousandths of the page. */
  word_boxes?: WordBoxes
  /** How many answers at most; for Donut among how many tokens is drawn with `do_sample`. Default 1. */
  top_k?: number
  max_answer_len?: number
  max_seq_len?: number
  /** Tokens that two parts of a long document share. */
  doc_stride?: number
  /** Lists “no answer” among the answers, as an empty text. Default false. */
  handle_impossible_answer?: boolean
}

/** Score and places come from models that point at words; those that write give the answer alone, null for none. */
export interface DocumentAnswer {
  readonly answer: string | null
  readonly score?: number
  readonly start?: number
  readonly end?: number
}

export default defineTask({
  task: 'document-question-answering',
  async open(model) {
    const writes = !model.hasSession('model')
    const answer = writes ? await openReader(model) : await openPointer(model)
    return {
      async run(args, context): Promise<DocumentAnswer[]> {
        const { question, options } = questionAndOptions(args)
        return answer(args[0], question, options, context)
      },
    }
  },
})
