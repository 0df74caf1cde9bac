/** Texts and answers about pictures and videos: what the references do not show. */

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { encodeVideo } from '../media/encode-video.ts'
import { loadAv } from '../media/node-av.ts'
import { createImage } from '../media/open-image.ts'
import { openTaskInProcess } from '../runtime/open-task.ts'
import { streamed } from '../streamed.ts'
import type { OnProgress } from '../task.ts'
import type { DocumentAnswer } from './document-question-answering.ts'

const fixture = (path: string) => fileURLToPath(new URL(`../../../test/fixtures/hf-tiny/${path}`, import.meta.url))
const photo = fixture('input/img.png')
const noVideo = await loadAv('test').then(
  () => false,
  () => 'node-av is not installed',
)
type Scored = { label: string; score: number }[]

test('a list of pictures gives a list of texts', async () => {
  await using read = await openTaskInProcess('image-to-text', fixture('trocr'))
  const one = await read(photo, { max_new_tokens: 4 })
  assert.deepEqual(await read([photo, photo], { max_new_tokens: 4 }), [one, one])
})

test('options of generation may stand in a record of their own, and several texts come best first', async () => {
  await using read = await openTaskInProcess('image-to-text', fixture('trocr'))
  const beams = { num_beams: 3, max_new_tokens: 6 }
  const [best] = (await read(photo, beams)) as object[]
  const several = (await read(photo, { generate_kwargs: { ...beams, num_return_sequences: 3 } })) as object[]
  assert.equal(several.length, 3)
  assert.deepEqual(several[0], best)
})

test('tokens to begin with stand behind the start token, wherever the call says them', async () => {
  await using read = await openTaskInProcess('image-to-text', fixture('trocr'))
  const { decoder_start_token_id: start } = JSON.parse(
    await readFile(join(fixture('trocr'), 'generation_config.json'), 'utf8'),
  )
  const said = (decoder_input_ids: number[]) => ({ max_new_tokens: 4, decoder_input_ids })
  const whole = await read(photo, said([start, 9, 11]))
  assert.deepEqual(await read(photo, said([9, 11])), whole)
  assert.deepEqual(await read(photo, { generate_kwargs: said([9, 11]) }), whole)
})

test('each token is reported, and a cancelled text ends at the next one', async () => {
  await using read = await openTaskInProcess('image-to-text', fixture('trocr'))
  const notes: string[] = []
  const cancel = new AbortController()
  const onProgress = (_: number, note?: string) => {
    notes.push(note ?? '')
    if (notes.length === 3) cancel.abort(new Error('enough'))
  }
  await assert.rejects(read(photo, { max_new_tokens: 9, onProgress, signal: cancel.signal }), /enough/)
  assert.deepEqual(notes, ['Token 1 of at most 9', 'Token 2 of at most 9', 'Token 3 of at most 9'])
})

test('a text can be watched while it is written', async () => {
  await using read = await openTaskInProcess('image-to-text', fixture('trocr'))
  const seen: string[] = []
  const call = (onProgress: OnProgress) =>
    read(photo, { max_new_tokens: 4, onProgress }) as Promise<{ generated_text: string }[]>
  const partials: unknown[] = []
  const [whole] = await call((_, __, partial) => partials.push(partial))
  for await (const [text] of streamed(call)) seen.push(text?.generated_text ?? '')
  assert.equal(seen.at(-1), whole?.generated_text)
  assert.equal(partials.length, 4)
  assert.equal(partials[0], undefined)
  const [last] = partials[3] as { generated_text: string }[]
  assert.ok(whole?.generated_text.startsWith(last?.generated_text ?? '?'))
})

test('what goes wrong while a text is watched ends the watching', async () => {
  const failing = streamed(async (onProgress) => {
    onProgress(0.5, 'half', 'a')
    throw new Error('too dark')
  })
  await assert.rejects(async () => {
    for await (const _ of failing);
  }, /too dark/)
})

test('a text never outgrows the places of its model', async () => {
  await using read = await openTaskInProcess('image-to-text', fixture('trocr'))
  const [answer] = (await read(photo, { min_length: 500, max_new_tokens: 500 })) as { generated_text: string }[]
  assert.ok((answer?.generated_text.length ?? 0) > 0)
})

test('an answer from a page needs the words on it', async () => {
  await using ask = await openTaskInProcess('document-question-answering', fixture('layoutlm_qa'))
  const message = (options: object, text: RegExp) =>
    assert.rejects(ask(photo, 'how much ?', options), { message: text })
  await message({}, /word_boxes: expected a list of \[word, .* got nothing\. Run a text recogniser/)
  await message({ word_boxes: [['total', [0, 0, 2000, 10]]] }, /word_boxes\[0\]: expected .* sides from 0 to 1000/)
  await message({ word_boxes: [['total', [0, 0, 9, 9]]], max_seq_len: 5 }, /question: expected at most \d+ tokens, got/)
  const page = Array.from({ length: 90 }, () => ['total', [0, 0, 9, 9]])
  await message(
    { word_boxes: page, max_seq_len: 80 },
    /max_seq_len: expected at most 64, the places of the model, got 80/,
  )
  await assert.rejects(ask(photo, ' '), { message: /question: expected a question, as text/ })
})

test('words and their boxes may come as pairs, as records or side by side', async () => {
  await using ask = await openTaskInProcess('document-question-answering', fixture('layoutlm_qa'))
  const words = ['total', 'amount', '12']
  const boxes = words.map((_, i) => [100 * i, 10, 100 * i + 90, 40])
  const answerTo = (word_boxes: unknown) => ask(photo, 'what amount ?', { word_boxes, top_k: 2 })
  const pairs = await answerTo(words.map((word, i) => [word, boxes[i]]))
  assert.deepEqual(await answerTo({ words, boxes }), pairs)
  assert.deepEqual(await answerTo(words.map((word, i) => ({ word, box: boxes[i] }))), pairs)
})

test('a page that is read at once may have parts that share more than fits; what ends a text stands in its corner', async () => {
  await using ask = await openTaskInProcess('document-question-answering', fixture('layoutlm_qa'))
  const word_boxes = ['total', 'amount', '12'].map((word, i) => [word, [100 * i, 10, 100 * i + 90, 40]])
  const [answer] = (await ask(photo, 'what amount [SEP] ?', { word_boxes, doc_stride: 60 })) as DocumentAnswer[]
  assert.deepEqual(
    { ...answer, score: answer?.score?.toFixed(5) },
    { score: '0.06344', answer: 'total', start: 0, end: 0 },
  )
})

test('a question that is too long for its model is refused, or cut where that is asked for', async () => {
  await using ask = await openTaskInProcess('visual-question-answering', fixture('vilt'))
  const long = 'what color is the ball? '.repeat(12)
  await assert.rejects(ask(photo, long), { message: /question: expected at most 40 tokens, got \d+.* fewer words/ })
  assert.equal(((await ask(photo, long, { truncation: true })) as unknown[]).length, 5)
})

test('a question for a model that writes is answered in its words, growing while it writes', async () => {
  await using ask = await openTaskInProcess('visual-question-answering', fixture('blip_vqa'))
  const partials: unknown[] = []
  const onProgress: OnProgress = (_, __, partial) => partials.push(partial)
  const [answer] = (await ask(photo, 'yes or no?', { max_new_tokens: 3, onProgress })) as object[]
  assert.deepEqual(Object.keys(answer ?? {}), ['answer'])
  assert.deepEqual(Object.keys((partials[2] as object[])[0] ?? {}), ['answer'])
})

test('a prompt that asks for places gives regions, another does not', async () => {
  await using read = await openTaskInProcess('image-to-text', fixture('florence2'))
  const keys = async (prompt: string) =>
    Object.keys(((await read(photo, { prompt, max_new_tokens: 3 })) as object[])[0] ?? {})
  assert.deepEqual(await keys('<OD>'), ['generated_text', 'regions'])
  assert.deepEqual(await keys('<CAPTION>'), ['generated_text'])
})

test('a video file is classified as its frames are', { skip: noVideo }, async () => {
  await using classify = await openTaskInProcess('video-classification', fixture('videomae'))
  const greys = Array.from({ length: 8 }, (_, i) =>
    createImage({ width: 48, height: 48, channels: 3, data: new Uint8Array(48 * 48 * 3).fill(30 * i) }),
  )
  const fromFrames = (await classify(greys)) as Scored
  const fromFile = (await classify(await encodeVideo(greys, { fps: 4, quality: 0 }))) as Scored
  for (const [i, { label, score }] of fromFrames.entries()) {
    assert.equal(fromFile[i]?.label, label)
    assert.ok(Math.abs((fromFile[i]?.score ?? 0) - score) < 0.01, 'a coded frame is off by a grey level or two')
  }
})

test('a clip without frames and a file that is no video are refused', async () => {
  await using classify = await openTaskInProcess('zero-shot-video-classification', fixture('xclip'))
  await assert.rejects(classify([], ['a cat']), { message: /video: expected at least one frame, got an empty list/ })
  await assert.rejects(classify(fixture('xclip/config.json'), ['a cat']), { code: 'file-type' })
  await assert.rejects(classify([photo], []), { message: /candidate_labels: expected at least one label/ })
})
