/**
 * MGP-STR's way of reading a word: every place of the output says its letter at once, and says it three times, as letters,
 * as GPT-2's tokens and as BERT's. The surest of those that can be spelled is the answer; a repository has the letters, and
 * the other two where `bpe_tokenizer/` and `wp_tokenizer/` lie in it.
 */

import { pictureFeeds, runGraph } from '#vision/feeds.ts'
import type { Model, TaskContext, Tensor } from '#vision/task.ts'
import { openTokenizer } from '#vision/text/tokenizer.ts'
import { argmax, softmax } from './activations.ts'

/** The word, and the product of its letters' chances. */
export interface ReadWord {
  readonly generated_text: string
  readonly score: number
}

interface Alphabet {
  readonly output: string
  readonly spell: (ids: readonly number[]) => string
  readonly end: { readonly id: number; readonly text: string }
}

export async function openCharacters(model: Model) {
  const [session, processor, alphabets] = await Promise.all([model.session(), model.processor(), openAlphabets(model)])

  return async (image: unknown, context: TaskContext): Promise<ReadWord[]> => {
    const pixels = await context.pixels(image, 'image', processor)
    const feeds = await context.time('preprocess', () => pictureFeeds(session, processor.process(pixels)))
    const outputs = await runGraph(session, feeds, context)
    const words = alphabets.map((alphabet) => readWord(session.floats(outputs, alphabet.output), alphabet))
    return [words.reduce((best, word) => (word.score > best.score ? word : best))]
  }
}

async function openAlphabets(model: Model): Promise<Alphabet[]> {
  const list: Alphabet[] = [{ output: 'char_logits', spell: await openLetters(model), end: { id: 1, text: '[s]' } }]
  const more = [
    { folder: 'bpe_tokenizer/', output: 'bpe_logits', end: { id: 2, text: '#' }, close: false },
    { folder: 'wp_tokenizer/', output: 'wp_logits', end: { id: 102, text: '[SEP]' }, close: true },
  ]
  for (const { folder, output, end, close } of more) {
    if (!model.has(`${folder}tokenizer.json`)) continue
    const { decode } = await openTokenizer(model, folder)
    list.push({ output, end, spell: (ids) => (close ? decode(ids).replaceAll(' ', '') : decode(ids)) })
  }
  return list
}

/** From the list of letters, as the Python tokenizer keeps it, or a tokenizer that holds them. */
async function openLetters(model: Model): Promise<Alphabet['spell']> {
  const vocabulary = await model.json('vocab.json')
  const letters = new Map(Object.entries(vocabulary ?? {}).map(([letter, id]) => [id, letter]))
  const { tokenOf } = vocabulary ? { tokenOf: (id: number) => letters.get(id) } : await openTokenizer(model)
  return (ids) => ids.map((id) => tokenOf(id) ?? '').join('')
}

/** @param logits - `[1, places, tokens]`; the first place says nothing. */
export function readWord({ data, dims }: Tensor<'float32'>, { spell, end }: Omit<Alphabet, 'output'>): ReadWord {
  const [, places = 0, words = 0] = dims
  const ids: number[] = []
  const chances: number[] = []
  for (let place = 1; place < places; place++) {
    const row = data.subarray(place * words, (place + 1) * words)
    const id = argmax(row)
    ids.push(id)
    chances.push(softmax(row)[id] as number)
  }
  const text = spell(ids)
  // As in Python: without an end the last letter is lost, and nothing is sure.
  const sure = chances.slice(0, ids.indexOf(end.id) + 1)
  const score = sure.length > 0 ? sure.reduce((product, chance) => Math.fround(product * chance), 1) : 0
  return { generated_text: text.slice(0, text.indexOf(end.text)), score }
}
