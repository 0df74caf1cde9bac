/**
 * `pipe(image, question, options)` answers from a document.
 *
 * Donut reads the picture and writes: `[{ answer }]`, null where it wrote none. Options are those of generation.
 * LayoutLM points at words: `[{ score, answer, start, end }]`, best first, start and end being indices of words. It needs
 * `word_boxes`, `[word, [left, top, right, bottom]]` with coordinates in thousandths of the page: there is no OCR inside.
 * Its options: `top_k` (1), `max_answer_len` (15, in tokens), `max_seq_len`, `doc_stride`, `handle_impossible_answer`.
 */

import { questionAndOptions } from '../arguments.ts'
import { openReader } from '../heads/generation/reader.ts'
import { openPointer } from '../heads/pointer.ts'
import { defineTask } from '../task.ts'

export default defineTask({
  task: 'document-question-answering',
  async open(model) {
    const writes = model.hasSession('encoder_model')
    const answer = writes ? await openReader(model) : await openPointer(model)
    return {
      async run(args, context) {
        const { question, options } = questionAndOptions(args)
        return answer(args[0], question, options, context)
      },
    }
  },
})
