import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createNoise } from '#vision/schedulers/noise.ts'
import type { Json } from '#vision/task.ts'
import type { Decoder } from './decoder.ts'
import { generate } from './generate.ts'
import { createDraw } from './sampling.ts'
import { generationSettings } from './settings.ts'

const END = 0

/** A language of chances: what may follow a token, by the token. Everything else is next to impossible. */
function language(chances: Record<number, Record<number, number>>, words = 6) {
  const steps: number[][][] = []
  const decoder: Decoder = {
    async step(rows) {
      steps.push(rows.map((row) => [...row]))
      return rows.map((row) => {
        const follows = chances[row.at(-1) as number] ?? {}
        return Float32Array.from({ length: words }, (_, word) => Math.log(follows[word] ?? 1e-9))
      })
    },
  }
  return { decoder: () => decoder, steps }
}

function texts(
  speech: ReturnType<typeof language>,
  options: Json,
  prompt = [5],
  signal = new AbortController().signal,
) {
  const settings = generationSettings({ eos_token_id: END, ...options })
  const progress: [number, number][] = []
  const result = generate({
    decoder: speech.decoder(),
    settings,
    prompt,
    places: null,
    signal,
    textOf: (tokens) => tokens.join(' '),
    onStep: (tokens, most) => progress.push([tokens.length + 1 - prompt.length, most - prompt.length]),
  })
  return result.then((all) => Object.assign(all, { progress }))
}

/** Greedy takes 1 and is led to poor words; 2 begins the likelier text. */
const misleading = () =>
  language({ 5: { 1: 0.6, 2: 0.4 }, 1: { 1: 0.4, 3: 0.3, 0: 0.3 }, 2: { 4: 0.9, 0: 0.1 }, 3: { 0: 1 }, 4: { 0: 1 } })

test('greedy search takes the best word each time and stops at the end token', async () => {
  const found = await texts(language({ 5: { 2: 0.9 }, 2: { 3: 0.7, 4: 0.3 }, 3: { 0: 0.8 } }), { max_new_tokens: 9 })
  assert.deepEqual([...found], [[5, 2, 3, END]])
  assert.deepEqual(found.progress, [
    [1, 9],
    [2, 9],
    [3, 9],
  ])
})

test('a text is never longer than asked', async () => {
  const endless = () => language({ 5: { 1: 1 }, 1: { 1: 1 } })
  assert.deepEqual([...(await texts(endless(), { max_new_tokens: 3 }))], [[5, 1, 1, 1]])
  assert.deepEqual([...(await texts(endless(), { max_length: 3 }))], [[5, 1, 1]])
  assert.deepEqual([...(await texts(endless(), { max_new_tokens: 3, num_beams: 2 }))], [[5, 1, 1, 1]])
})

test('a prompt that leaves no room is refused', async () => {
  await assert.rejects(texts(language({ 5: { 1: 1 } }), { max_length: 2 }, [5, 5]), {
    message: /max_length: expected more than the 2 tokens that the text begins with, got 2/,
  })
})

test('beam search finds a likelier text than greedy search', async () => {
  assert.deepEqual([...(await texts(misleading(), { max_new_tokens: 4 }))][0]?.[1], 1)
  assert.deepEqual([...(await texts(misleading(), { max_new_tokens: 4, num_beams: 3 }))], [[5, 2, 4, END]])
})

test('several beams come back best first', async () => {
  const found = await texts(misleading(), { max_new_tokens: 4, num_beams: 3, num_return_sequences: 2 })
  assert.deepEqual(
    [...found],
    [
      [5, 2, 4, END],
      [5, 1, 3, END],
    ],
  )
})

test('the length penalty decides between a short and a long text', async () => {
  // 0.5 against 0.5 * 0.9 ^ 3: over its length the longer text is the better one, in total the shorter.
  const speech = () => language({ 5: { 0: 0.5, 1: 0.5 }, 1: { 2: 0.9 }, 2: { 3: 0.9 }, 3: { 0: 0.9 } })
  const run = (length_penalty: number) => texts(speech(), { max_new_tokens: 5, num_beams: 2, length_penalty })
  assert.deepEqual((await run(0))[0], [5, END])
  assert.deepEqual((await run(2))[0], [5, 1, 2, 3, END])
})

test('early stopping ends the search at the first full set of texts', async () => {
  const speech = () =>
    language({ 5: { 0: 0.45, 1: 0.35, 2: 0.2 }, 1: { 0: 0.6, 3: 0.4 }, 2: { 0: 1 }, 3: { 3: 0.99, 0: 0.01 } })
  const count = async (early_stopping: boolean | 'never') => {
    const used = speech()
    await texts(used, { max_new_tokens: 12, num_beams: 2, early_stopping })
    return used.steps.length
  }
  const [eager, usual, never] = [await count(true), await count(false), await count('never')]
  assert.ok(eager <= usual && usual < never, `${eager}, ${usual}, ${never} steps`)
})

test('a cancelled search stops before its next step', async () => {
  const cancel = new AbortController()
  const speech = language({ 5: { 1: 1 }, 1: { 1: 1 } })
  const decoder: Decoder = {
    step: async (rows, parents) => {
      if (speech.steps.length === 2) cancel.abort(new Error('enough'))
      return speech.decoder().step(rows, parents)
    },
  }
  await assert.rejects(
    texts({ ...speech, decoder: () => decoder }, { max_new_tokens: 50 }, [5], cancel.signal),
    /enough/,
  )
  assert.equal(speech.steps.length, 3)
})

test('sampling from a seed gives the same text again, and follows the chances', async () => {
  const coin = () => language({ 5: { 1: 0.7, 2: 0.3 }, 1: { 1: 0.7, 2: 0.3 }, 2: { 1: 0.7, 2: 0.3 } })
  const options = { max_new_tokens: 400, do_sample: true, seed: 3 }
  const [first] = await texts(coin(), options)
  const [again] = await texts(coin(), options)
  assert.deepEqual(first, again)
  const ones = (first ?? []).filter((id) => id === 1).length
  assert.ok(Math.abs(ones / 400 - 0.7) < 0.08, `${ones} of 400`)
  const [narrow] = await texts(coin(), { ...options, top_p: 0.6 })
  assert.ok(narrow?.slice(1).every((id) => id === 1))
})

test('a text ends with a text that stops it, or when its time is over', async () => {
  const endless = () => language({ 5: { 1: 1 }, 1: { 2: 1 }, 2: { 3: 1 }, 3: { 1: 1 } })
  assert.deepEqual([...(await texts(endless(), { max_new_tokens: 9, stop_strings: '2 3' }))], [[5, 1, 2, 3]])
  assert.deepEqual([...(await texts(endless(), { max_new_tokens: 9, max_time: 1e-9 }))], [[5, 1]])
})

test('a seed that is no whole number is refused by its name', async () => {
  const options = { max_new_tokens: 2, do_sample: true, seed: 0.5 }
  await assert.rejects(async () => texts(language({ 5: { 1: 1 } }), options), {
    code: 'invalid-value',
    message: /seed/,
  })
})

test('draws are those of torch.multinomial from the same seed', () => {
  const scores = createNoise(1)
    .normal(300)
    .map((value) => 3 * value)
  assert.deepEqual(createDraw(3)(scores, 4), [32, 157, 44, 260])
  assert.deepEqual(createDraw(3)(scores, 1), [32])
})

test('texts that are drawn together end on their own', async () => {
  const coin = () => language({ 5: { 1: 0.6, 0: 0.4 }, 1: { 1: 0.6, 0: 0.4 } })
  const found = await texts(coin(), { max_new_tokens: 20, do_sample: true, seed: 8, num_return_sequences: 4 })
  assert.equal(found.length, 4)
  assert.ok(new Set(found.map((text) => text.length)).size > 1)
  assert.ok(found.every((text) => text.indexOf(END) === text.length - 1))
})

test('beams can be drawn too, the same from the same seed', async () => {
  const coin = () => language({ 5: { 1: 0.6, 2: 0.4 }, 1: { 1: 0.5, 2: 0.5 }, 2: { 1: 0.5, 2: 0.5 } })
  const options = { max_new_tokens: 6, do_sample: true, num_beams: 3, num_return_sequences: 3, seed: 4 }
  const [first, again] = [await texts(coin(), options), await texts(coin(), options)]
  assert.deepEqual([...first], [...again])
  assert.equal(new Set(first.map(String)).size, 3)
})
