import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bannedPhrases, parseRegions } from './located.ts'
import { parseTaggedText } from './tagged.ts'
import { readPrompt } from './task-prompts.ts'

const size = { width: 640, height: 480 }

test('boxes stand behind what they belong to, in thousandths of the picture', () => {
  const text =
    '</s><s>car<loc_10><loc_500><loc_250><loc_999>a red door<loc_0><loc_0><loc_1><loc_1><loc_5><loc_5><loc_9><loc_9></s>'
  assert.deepEqual(parseRegions(text, size, 'boxes'), [
    { label: 'car', box: { xmin: 6, ymin: 240, xmax: 160, ymax: 479 } },
    { label: 'a red door', box: { xmin: 0, ymin: 0, xmax: 0, ymax: 0 } },
    { label: 'a red door', box: { xmin: 3, ymin: 2, xmax: 6, ymax: 4 } },
  ])
})

test('what a model keeps out of its phrases is none, for other tasks it is a name', () => {
  const text = 'the image<loc_0><loc_0><loc_9><loc_9>a dog<loc_0><loc_0><loc_500><loc_500>'
  const config = { post_processor_config: { phrase_grounding: { banned_grounding_tokens: ['the image', 'it'] } } }
  const labels = (places: 'phrases' | 'boxes') =>
    parseRegions(text, size, places, bannedPhrases(config)).map(({ label }) => label)
  assert.deepEqual(labels('phrases'), ['a dog'])
  assert.deepEqual(labels('boxes'), ['the image', 'a dog'])
  assert.deepEqual(bannedPhrases(null), [])
})

test('places without a name count where proposals were asked for', () => {
  const text = '<loc_0><loc_0><loc_500><loc_500>'
  assert.deepEqual(parseRegions(text, size, 'boxes'), [])
  assert.deepEqual(parseRegions(text, size, 'proposals'), [
    { label: '', box: { xmin: 0, ymin: 0, xmax: 320, ymax: 240 } },
  ])
})

test('lines of writing have four corners, cut-outs have polygons', () => {
  const line = 'EXIT<loc_0><loc_0><loc_100><loc_0><loc_100><loc_50><loc_0><loc_50>'
  assert.deepEqual(parseRegions(line, size, 'corners'), [{ label: 'EXIT', polygons: [[0, 0, 64, 0, 64, 24, 0, 24]] }])
  const shapes = 'dog<poly><loc_0><loc_0><loc_9><loc_0><loc_9><loc_9><sep><loc_1><loc_1><loc_2><loc_2></poly>'
  assert.deepEqual(parseRegions(shapes, size, 'boxes or polygons'), [
    {
      label: 'dog',
      polygons: [
        [0, 0, 6, 0, 6, 4],
        [0, 0, 1, 1],
      ],
    },
  ])
})

test('texts that no task writes are read as Python reads them', () => {
  const six = '<loc_0><loc_0><loc_500><loc_500><loc_9><loc_9>'
  assert.deepEqual(parseRegions(six, size, 'boxes'), [
    { label: 'loc_0>', box: { xmin: 0, ymin: 240, xmax: 320, ymax: 4 } },
  ])
  assert.deepEqual(parseRegions(`a dog${six}`, size, 'polygons'), [{ label: '', polygons: [[0, 0, 320, 240, 6, 4]] }])
  assert.deepEqual(parseRegions(`a\ndog${six}`, size, 'boxes'), [])
  assert.deepEqual(parseRegions(`${six}${six}`, size, 'corners'), [
    { label: '<loc_0>', polygons: [[0, 240, 320, 4, 6, 0, 0, 240]] },
  ])
})

test('a task tag stands for its sentence', () => {
  assert.deepEqual(readPrompt('<CAPTION>'), { sentence: 'What does the image describe?', places: null })
  assert.deepEqual(readPrompt('<CAPTION_TO_PHRASE_GROUNDING> a dog $& a cat'), {
    sentence: 'Locate the phrases in the caption: a dog $& a cat',
    places: 'phrases',
  })
  assert.throws(() => readPrompt('<OD> of dogs'), { message: /prompt: expected <OD> alone, got .*takes no words/ })
  assert.deepEqual(readPrompt('what colour is it?'), { sentence: 'what colour is it?', places: null })
})

test('tagged text becomes records, lists and texts', () => {
  const receipt =
    '<s_cord-v2><s_menu><s_nm>Latte</s_nm><s_price>4.50</s_price><sep/><s_nm>Tea</s_nm></s_menu>' +
    '<s_tags><yes/><sep/>b</s_tags><s_total>$1.(5)</s_total></s>'
  assert.deepEqual(parseTaggedText(receipt), {
    menu: [{ nm: 'Latte', price: '4.50' }, { nm: 'Tea' }],
    tags: ['yes', 'b'],
    total: '$1.(5)',
  })
  assert.deepEqual(parseTaggedText('<s_rvlcdip><s_class><invoice/></s_class>'), { class: 'invoice' })
})

test('a tag that is never closed is passed over, text without tags is itself', () => {
  assert.deepEqual(parseTaggedText('<s_a><s_b>1</s_b>'), { b: '1' })
  assert.deepEqual(parseTaggedText('<s_cord-v2>nothing here</s>'), { text_sequence: 'nothing here' })
})
