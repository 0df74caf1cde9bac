import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tensor } from '../task.ts'
import { readWord } from './characters.ts'

const LETTERS = ['[GO]', '[s]', 'a', 'b']
const alphabet = {
  spell: (ids: readonly number[]) => ids.map((id) => LETTERS[id]).join(''),
  end: { id: 1, text: '[s]' },
}

/** Places that say one letter each with the given logit; the others have 0. The first place says nothing. */
const logits = (...said: [letter: string, logit: number][]) => {
  const places = [['[GO]', 9] as const, ...said]
  const data = Float32Array.from(
    places.flatMap(([letter, logit]) => LETTERS.map((one) => (one === letter ? logit : 0))),
  )
  return tensor('float32', data, [1, places.length, LETTERS.length])
}
const chance = (logit: number) => Math.exp(logit) / (Math.exp(logit) + 3)

test('a word ends at its end sign, and is as sure as its letters together', () => {
  const { generated_text, score } = readWord(logits(['b', 2], ['a', 3], ['[s]', 1], ['b', 5]), alphabet)
  assert.equal(generated_text, 'ba')
  assert.ok(Math.abs(score - chance(2) * chance(3) * chance(1)) < 1e-6)
})

test('a word without an end is not sure at all, and loses its last letter as in Python', () => {
  assert.deepEqual(readWord(logits(['b', 2], ['a', 3]), alphabet), { generated_text: 'b', score: 0 })
})
