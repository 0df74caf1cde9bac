import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Json } from '#vision/task.ts'
import { logitsProcessors } from './processors.ts'
import { checkWords, generationSettings } from './settings.ts'

const END = 0

function processed(options: Json, tokens: number[], scores: number[], length = { prompt: 1, most: 10 }): number[] {
  const values = Float32Array.from(scores)
  logitsProcessors(generationSettings({ eos_token_id: END, ...options }), length)(tokens, values)
  return [...values]
}

test('a repetition penalty lowers what was said, whatever its sign', () => {
  assert.deepEqual(processed({ repetition_penalty: 2 }, [1, 2], [1, 4, -4, 3]), [1, 2, -8, 3])
})

test('an n-gram is not said twice', () => {
  assert.deepEqual(processed({ no_repeat_ngram_size: 2 }, [1, 2, 3, 1], [0, 0, 0, 0]), [0, 0, -Infinity, 0])
  assert.deepEqual(processed({ no_repeat_ngram_size: 3 }, [1, 2, 3, 1], [0, 0, 0, 0]), [0, 0, 0, 0])
  assert.deepEqual(processed({ no_repeat_ngram_size: 1 }, [1, 3], [0, 0, 0, 0]), [0, -Infinity, 0, -Infinity])
})

test('bad words are kept from being finished', () => {
  const bad = { bad_words_ids: [[3], [1, 2], [END]] }
  assert.deepEqual(processed(bad, [1], [0, 0, 0, 0]), [0, 0, -Infinity, -Infinity])
  assert.deepEqual(processed(bad, [2], [0, 0, 0, 0]), [0, 0, 0, -Infinity])
})

test('sequences are favoured by their last token; of the same one the last word counts', () => {
  const favour = {
    sequence_bias: [
      [[3], 1],
      [[1, 2], 4],
      [[3], 2.5],
    ],
  }
  assert.deepEqual(processed(favour, [1], [0, 0, 0, 0]), [0, 0, 4, 2.5])
  assert.deepEqual(processed(favour, [2], [0, 0, 0, 0]), [0, 0, 0, 2.5])
})

test('after a while the end becomes likelier with every token, unless it is forbidden', () => {
  const decay = { exponential_decay_length_penalty: [1, 2] }
  assert.deepEqual(processed(decay, [5, 1], [-3, 1]), [-3, 1])
  assert.deepEqual(processed(decay, [5, 1, 1], [-3, 1]), [0, 1])
  assert.deepEqual(processed(decay, [5, 1, 1, 1], [-3, 1]), [6, 1])
  assert.deepEqual(processed({ ...decay, min_length: 9 }, [5, 1, 1, 1], [-3, 1]), [-Infinity, 1])
})

test('words that a model was given can be favoured, and kept from being repeated', () => {
  const given = (options: Json) => {
    const scores = Float32Array.of(1, 2, -2, 4)
    logitsProcessors(generationSettings(options), { prompt: 1, most: 9 }, [1, 2, 3])([1, 2], scores)
    return [...scores]
  }
  assert.deepEqual(given({ encoder_repetition_penalty: 2 }), [1, 4, -1, 8])
  assert.deepEqual(given({ encoder_no_repeat_ngram_size: 3 }), [1, 2, -2, -Infinity])
})

test('values that are no numbers are made numbers where asked, and all become log-probabilities', () => {
  const most = 3.4028234663852886e38
  assert.deepEqual(processed({ remove_invalid_values: true }, [5], [Number.NaN, Infinity, -Infinity]), [0, most, -most])
  const sum = processed({ renormalize_logits: true }, [5], [1, 2, 3]).reduce((all, score) => all + Math.exp(score), 0)
  assert.ok(Math.abs(sum - 1) < 1e-6)
})

/** Which tokens are left to draw from. */
function drawable(options: Json, scores: number[]): number[] {
  const left = processed({ do_sample: true, top_k: 0, ...options }, [5], scores)
  return left.flatMap((score, id) => (score === -Infinity ? [] : [id]))
}

test('what is drawn from is cut as transformers cuts it', () => {
  const chances = [0.4, 0.3, 0.15, 0.1, 0.05].map(Math.log)
  assert.deepEqual(drawable({ top_k: 2 }, chances), [0, 1])
  assert.deepEqual(drawable({ top_p: 0.6 }, chances), [0, 1])
  assert.deepEqual(drawable({ top_p: 0 }, chances), [0])
  assert.deepEqual(drawable({ min_p: 0.3 }, chances), [0, 1, 2])
  assert.deepEqual(drawable({ min_p: 1 }, chances), [0])
  assert.deepEqual(drawable({ typical_p: 0.5 }, chances), [0, 1])
  assert.deepEqual(drawable({ epsilon_cutoff: 0.12 }, chances), [0, 1, 2])
  assert.deepEqual(drawable({ eta_cutoff: 0.2 }, chances), [0, 1, 2])
  assert.deepEqual(processed({ do_sample: true, temperature: 2, top_k: 0 }, [5], [4, -2]), [2, -1])
})

test('no end before the least length', () => {
  assert.deepEqual(processed({ min_length: 3 }, [5, 1], [1, 1]), [-Infinity, 1])
  assert.deepEqual(processed({ min_length: 3 }, [5, 1, 1], [1, 1]), [1, 1])
  assert.deepEqual(processed({ min_new_tokens: 2 }, [5, 1], [1, 1]), [-Infinity, 1])
  assert.deepEqual(processed({ min_new_tokens: 2 }, [5, 1, 1], [1, 1]), [1, 1])
  assert.deepEqual(processed({ min_length: 9, min_new_tokens: 0 }, [5, 1], [1, 1]), [1, 1])
})

test('first and last tokens are forced where the model says so', () => {
  assert.deepEqual(processed({ forced_bos_token_id: 2 }, [5], [3, 2, 1]), [-Infinity, -Infinity, 0])
  assert.deepEqual(processed({ forced_eos_token_id: 1 }, [5, 2, 2], [3, 2, 1], { prompt: 1, most: 4 }), [
    -Infinity,
    0,
    -Infinity,
  ])
})

test('suppressed tokens never come, those at the start only later', () => {
  const options = { suppress_tokens: [1], begin_suppress_tokens: [2] }
  assert.deepEqual(processed(options, [5], [0, 0, 0]), [0, -Infinity, -Infinity])
  assert.deepEqual(processed(options, [5, 0], [0, 0, 0]), [0, -Infinity, 0])
})

test('a call’s options come before the model’s, and those before the defaults', () => {
  const own = { num_beams: 4, max_length: 16, eos_token_id: [7, 8], bos_token_id: null }
  const settings = generationSettings({ generate_kwargs: { num_beams: 2 } }, own, { bos_token_id: 3 })
  assert.equal(settings.beams, 2)
  assert.equal(settings.maxLength, 16)
  assert.deepEqual(settings.ends, [7, 8])
  assert.equal(settings.begin, 3)
  assert.equal(settings.lengthPenalty, 1)
  assert.deepEqual(generationSettings({}).maxNewTokens, 256)
  assert.deepEqual(generationSettings({ max_length: 9 }, { max_new_tokens: 5 }).maxNewTokens, 5)
  assert.deepEqual(generationSettings({ max_length: 9 }, {}).maxLength, 9)
  assert.deepEqual(generationSettings({}, { max_length: 20 }).maxNewTokens, 256)
  const config = { generation_config: { num_beams: 3, length_penalty: 2 } }
  assert.equal(generationSettings({ generate_kwargs: config, num_beams: 5 }).beams, 5)
  assert.equal(generationSettings({ generate_kwargs: config }, own).lengthPenalty, 2)
})

test('what is not done is refused for a model that asks for it, until the call says to do without', () => {
  const own = { penalty_alpha: 0.6, num_beam_groups: 1, constraints: [], guidance_scale: null }
  const message = /penalty_alpha: expected nothing, got 0\.6 .* the model asks for it: say penalty_alpha: false/
  assert.throws(() => generationSettings({}, own), { message })
  assert.equal(generationSettings({ penalty_alpha: 0 }, own).beams, 1)
  assert.throws(() => generationSettings({ prompt_lookup_num_tokens: 3 }), {
    message: /tokens: expected nothing, got 3/,
  })
})

test('a wrong option is named', () => {
  const message = (options: Json, text: RegExp) => assert.throws(() => generationSettings(options), { message: text })
  message({ num_beams: 0 }, /num_beams: expected a whole number, 1 to 1024, got 0/)
  message({ num_return_sequences: 3 }, /num_return_sequences: expected at most num_beams \(1\), got 3/)
  message({ early_stopping: 'soon' }, /early_stopping: expected true, false or “never”/)
  message({ do_sample: true, top_p: 1.5 }, /top_p: expected a number from 0 to 1, got 1.5/)
  message({ sequence_bias: [[3, 1]] }, /sequence_bias: expected a list of \[token ids, number\]/)
  message({ suppress_tokens: [3, 4], forced_bos_token_id: 4 }, /forced_bos_token_id: expected a token that is not/)
  message({ generate_kwargs: 5 }, /generate_kwargs: expected an object of options, got 5/)
  message({ num_beam_groups: 2 }, /num_beam_groups: expected nothing, got 2/)
})

test('tokens that the model has no words for are named, but for those that are never to come', () => {
  const check = (options: Json, given: number[] = []) => checkWords(generationSettings(options), given, 9)
  assert.throws(() => check({ bad_words_ids: [[1], [2, 9]] }), {
    message: /bad_words_ids: expected token ids below 9, .*9/,
  })
  assert.throws(() => check({ forced_bos_token_id: 70 }), {
    message: /forced_bos_token_id: expected token ids below 9/,
  })
  assert.throws(() => check({}, [3, 12]), { message: /decoder_input_ids: expected token ids below 9/ })
  check({ eos_token_id: [2, 99], suppress_tokens: [99], bad_words_ids: [[8]] }, [8])
})
