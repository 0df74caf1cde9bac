/** LayoutLM's way of answering from a document: words with their places in, scores for the first and last word out. */

import { expected } from '#core/errors.ts'
import type { CallOptions } from '#vision/arguments.ts'
import { runGraph } from '#vision/feeds.ts'
import { type Model, type Session, type TaskContext, tensor, throwIfCancelled } from '#vision/task.ts'
import { openTokenizer, type Tokenizer } from '#vision/text/tokenizer.ts'
import { type Answer, bestSpans, windows } from './answers.ts'

type Box = readonly [number, number, number, number]

interface Word {
  readonly text: string
  /** Left, top, right, bottom in thousandths of the page. */
  readonly box: Box
}

/** A token of the sequence; those that belong to no word stand for themselves. */
interface Piece {
  readonly id: number
  readonly box: Box
  readonly word: number | null
  /** 0 before the document's words, 1 from there on. */
  readonly part: 0 | 1
}

const NOWHERE: Box = [0, 0, 0, 0]
const CORNER: Box = [1000, 1000, 1000, 1000]

export async function openPointer(model: Model) {
  const [session, tokenizer] = await Promise.all([model.session(), openTokenizer(model)])
  const [first, last] = tokenizer.encode('').ids
  if (first === undefined || last === undefined)
    throw model.broken('tokenizer.json', 'it puts no tokens around a text, which this task needs')

  return async (_image: unknown, question: string, options: CallOptions, context: TaskContext): Promise<Answer[]> => {
    const words = readWords(options.get('word_boxes'))
    const count = options.number('top_k', 1, { min: 1, integer: true })
    const longest = options.number('max_answer_len', 15, { min: 1, integer: true })
    const mayBeNone = options.boolean('handle_impossible_answer', false)
    const sequences = await context.time('preprocess', () =>
      sequencesOf(tokenizer, { first, last }, question, words, limitsOf(options, tokenizer)),
    )

    const answers: Answer[] = []
    let none = 1_000_000 // what transformers reports where no window was looked at
    for (const [index, pieces] of sequences.entries()) {
      throwIfCancelled(context.signal)
      context.onProgress(index / sequences.length, `Part ${index + 1} of ${sequences.length}`)
      const outputs = await runGraph(session, feedsOf(pieces), context)
      const found = bestSpans(
        session.floats(outputs, 'start_logits').data,
        session.floats(outputs, 'end_logits').data,
        pieces.map((piece) => piece.word !== null || piece.id === first),
        { count, longest },
      )
      none = Math.min(none, found.none)
      for (const { score, start, end } of found.spans) {
        const [from, to] = [pieces[start]?.word ?? null, pieces[end]?.word ?? null]
        if (from === null || to === null) continue
        const answer = words.slice(from, to + 1).map((word) => word.text)
        answers.push({ score, answer: answer.join(' '), start: from, end: to })
      }
    }
    if (mayBeNone) answers.push({ score: none, answer: '', start: 0, end: 0 })
    return answers.sort((a, b) => b.score - a.score).slice(0, count)
  }
}

interface Limits {
  readonly length: number
  readonly overlap: number
}

function limitsOf(options: CallOptions, tokenizer: Tokenizer): Limits {
  const length = options.number('max_seq_len', Number.isFinite(tokenizer.maxLength) ? tokenizer.maxLength : 512, {
    min: 4,
    integer: true,
  })
  const overlap = options.number('doc_stride', Math.min(Math.floor(length / 2), 256), { min: 0, integer: true })
  return { length, overlap }
}

/** `[CLS] question [SEP] words [SEP]`, as often as it takes to see every word. */
function sequencesOf(
  tokenizer: Tokenizer,
  { first, last }: { first: number; last: number },
  question: string,
  words: readonly Word[],
  { length, overlap }: Limits,
): Piece[][] {
  const tokens = (text: string) => tokenizer.encode(text, { special: false }).ids
  const asked = question.split(/\s+/).flatMap((word) => (word ? tokens(word) : []))
  const written = words.flatMap(({ text, box }, word) => tokens(text).map((id): Piece => ({ id, box, word, part: 1 })))
  const room = length - asked.length - 3
  if (room <= overlap) {
    const hint = 'Ask a shorter question, raise max_seq_len or lower doc_stride.'
    throw expected('question', `at most ${Math.max(0, length - 4 - overlap)} tokens`, `${asked.length} tokens`, hint)
  }
  const separator = (part: 0 | 1): Piece => ({ id: last, box: CORNER, word: null, part })
  const before = [first, ...asked].map((id): Piece => ({ id, box: NOWHERE, word: null, part: 0 }))
  return windows(written.length, room, overlap).map(({ from, to }) => [
    ...before,
    separator(0),
    ...written.slice(from, to),
    separator(1),
  ])
}

function feedsOf(pieces: readonly Piece[]): Parameters<Session['run']>[0] {
  const whole = (values: readonly number[], ...dims: number[]) =>
    tensor('int64', BigInt64Array.from(values, BigInt), [1, pieces.length, ...dims])
  return {
    input_ids: whole(pieces.map((piece) => piece.id)),
    bbox: whole(
      pieces.flatMap((piece) => piece.box),
      4,
    ),
    attention_mask: whole(pieces.map(() => 1)),
    token_type_ids: whole(pieces.map((piece) => piece.part)),
  }
}

function readWords(given: unknown): Word[] {
  const wants = 'a list of [word, [left, top, right, bottom]], in thousandths of the page'
  const hint = 'Run a text recogniser over the page and give its words; this model does not read pictures.'
  if (!Array.isArray(given) || given.length === 0) throw expected('word_boxes', wants, given, hint)
  return given.map((entry, index) => {
    const [text, box] = Array.isArray(entry) ? entry : []
    const placed = Array.isArray(box) && box.length === 4 && box.every((side) => side >= 0 && side <= 1000)
    if (typeof text !== 'string' || !placed)
      throw expected(`word_boxes[${index}]`, '[word, [left, top, right, bottom]] with sides from 0 to 1000', entry)
    return { text, box: box.map(Math.trunc) as unknown as Box }
  })
}
