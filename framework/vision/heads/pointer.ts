/** LayoutLM's way of answering from a document: words with their places in, scores for the first and last word out. */

import { expected } from '#core/errors.ts'
import type { CallOptions } from '#vision/arguments.ts'
import { pictureFeeds, runGraph } from '#vision/feeds.ts'
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
  /** What tells question and document apart, for the models that are told. */
  readonly type: number
}

const NOWHERE: Box = [0, 0, 0, 0]
const CORNER: Box = [1000, 1000, 1000, 1000]

export async function openPointer(model: Model) {
  const [session, tokenizer] = await Promise.all([model.session(), openTokenizer(model)])
  const frame = frameOf(model, tokenizer)
  const first = frame.before[0]?.id
  const { max_position_embeddings: places = Infinity } = model.config as { max_position_embeddings?: number }
  // LayoutLMv2 and v3 look at the page as well.
  const processor = session.inputs.some(({ dims }) => dims.length === 4) ? await model.processor() : null

  return async (image: unknown, question: string, options: CallOptions, context: TaskContext): Promise<Answer[]> => {
    const words = readWords(options.get('word_boxes'))
    const count = options.number('top_k', 1, { min: 1, integer: true })
    const longest = options.number('max_answer_len', 15, { min: 1, integer: true })
    const mayBeNone = options.boolean('handle_impossible_answer', false)
    const sequences = await context.time('preprocess', () =>
      sequencesOf(tokenizer, frame, question, words, limitsOf(options, tokenizer, places)),
    )
    const longestRead = Math.max(...sequences.map((pieces) => pieces.length))
    if (longestRead > places) throw expected('max_seq_len', `at most ${places}, the places of the model`, longestRead)
    const pixels = processor && (await context.pixels(image, 'image', processor))
    const page = pixels ? pictureFeeds(session, processor.process(pixels)) : {}

    const answers: Answer[] = []
    let none = 1_000_000 // what transformers reports where no window was looked at
    for (const [index, pieces] of sequences.entries()) {
      throwIfCancelled(context.signal)
      context.onProgress(index / sequences.length, `Part ${index + 1} of ${sequences.length}`)
      const outputs = await runGraph(session, { ...feedsOf(pieces), ...page }, context)
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

/** What tokenizers without a limit are read with. */
const USUAL_LENGTH = 512

function limitsOf(options: CallOptions, tokenizer: Tokenizer, places: number): Limits {
  const usual = Number.isFinite(tokenizer.maxLength) ? tokenizer.maxLength : Math.min(USUAL_LENGTH, places)
  const length = options.number('max_seq_len', usual, { min: 4, integer: true })
  const overlap = options.number('doc_stride', Math.min(Math.floor(length / 2), 256), { min: 0, integer: true })
  return { length, overlap }
}

/** The tokens that stand around and between two texts: `[CLS]`, `[SEP]`, or `<s>`, `</s></s>`. */
interface Frame {
  readonly before: readonly Piece[]
  readonly between: readonly Piece[]
  readonly after: readonly Piece[]
  readonly types: readonly [question: number, document: number]
  /** Where a token of no word stands: what ends a text has a place of its own, in the question as well. */
  placeOf(id: number): Box
}

/** Read off two texts that were put together. */
function frameOf(model: Model, tokenizer: Tokenizer): Frame {
  const [one, two] = ['a', 'b'].map((text) => tokenizer.encode(text, { special: false }).ids) as [number[], number[]]
  const { ids, types } = tokenizer.encode('a', { pair: 'b' })
  const find = (part: readonly number[], from: number) =>
    ids.findIndex((_, start) => start >= from && part.every((id, i) => ids[start + i] === id))
  const start = find(one, 0)
  const next = find(two, start + one.length)
  if (start < 1 || next < 0 || next + two.length >= ids.length)
    throw model.broken('tokenizer.json', 'it puts no tokens around two texts, which this task needs')
  // LayoutLMv3 and LiLT place what ends a text in the other corner.
  const end = ['layoutlmv3', 'lilt'].includes(String(model.config.model_type)) ? NOWHERE : CORNER
  const last = ids.at(-1)
  const placeOf = (id: number) => (id === last ? end : NOWHERE)
  const pieces = (from: number, to: number): Piece[] =>
    ids.slice(from, to).map((id, i) => ({ id, box: placeOf(id), word: null, type: types[from + i] ?? 0 }))
  return {
    placeOf,
    before: pieces(0, start),
    between: pieces(start + one.length, next),
    after: pieces(next + two.length, ids.length),
    types: [types[start] ?? 0, types[next] ?? 0],
  }
}

/** Question and words in their frame, as often as it takes to see every word. */
function sequencesOf(
  tokenizer: Tokenizer,
  { before, between, after, types, placeOf }: Frame,
  question: string,
  words: readonly Word[],
  { length, overlap }: Limits,
): Piece[][] {
  const tokens = (text: string) => tokenizer.encode(text, { special: false }).ids
  const asked = question
    .split(/\s+/)
    .flatMap((word) => (word ? tokens(word) : []))
    .map((id): Piece => ({ id, box: placeOf(id), word: null, type: types[0] }))
  const written = words.flatMap(({ text, box }, word) =>
    tokens(text).map((id): Piece => ({ id, box, word, type: types[1] })),
  )
  const around = before.length + between.length + after.length
  const room = length - asked.length - around
  if (room < written.length && room <= overlap) {
    const hint = 'Ask a shorter question, raise max_seq_len or lower doc_stride.'
    const most = Math.max(0, length - around - 1 - overlap)
    throw expected('question', `at most ${most} tokens`, `${asked.length} tokens`, hint)
  }
  return windows(written.length, room, overlap).map(({ from, to }) => [
    ...before,
    ...asked,
    ...between,
    ...written.slice(from, to),
    ...after,
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
    token_type_ids: whole(pieces.map((piece) => piece.type)),
  }
}

const WANTED = 'a list of [word, [left, top, right, bottom]], in thousandths of the page'
const NO_WORDS = 'Run a text recogniser over the page and give its words; this model does not read pictures.'

/** `[[word, box], …]`, `[{ word, box }, …]` or `{ words, boxes }`. */
function readWords(given: unknown): Word[] {
  const { words, boxes } = (given ?? {}) as { words?: unknown; boxes?: unknown }
  const list = Array.isArray(words) && Array.isArray(boxes) ? words.map((word, i) => [word, boxes[i]]) : given
  if (!Array.isArray(list) || list.length === 0) throw expected('word_boxes', WANTED, given, NO_WORDS)
  return list.map((entry, index) => {
    const { word, box } = (entry ?? {}) as { word?: unknown; box?: unknown }
    const [text, sides] = Array.isArray(entry) ? entry : [word, box]
    const placed = Array.isArray(sides) && sides.length === 4 && sides.every((side) => side >= 0 && side <= 1000)
    if (typeof text !== 'string' || !placed)
      throw expected(`word_boxes[${index}]`, '[word, [left, top, right, bottom]] with sides from 0 to 1000', entry)
    return { text, box: sides.map(Math.trunc) as unknown as Box }
  })
}
