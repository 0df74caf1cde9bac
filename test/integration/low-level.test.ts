// Models put together by hand out of their parts, as somebody does who misses a task. Everything heavy runs in workers.

import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isSpaceError } from '#core/errors.ts'
import {
  cosineSimilarity,
  createDecoder,
  detectionRule,
  detections,
  type Feeds,
  generate,
  generationSettings,
  loadImageProcessor,
  loadTokenizer,
  openImage,
  openModel,
  openSession,
  pictureFeeds,
  pipeline,
  type Session,
  softmax,
  tensor,
} from '#vision/index.ts'
import { closeRuntime } from '#vision/runtime/pool.ts'

const fixture = (path: string) => fileURLToPath(new URL(`../fixtures/hf-tiny/${path}`, import.meta.url))
const photo = fixture('input/img.png')

after(closeRuntime)

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: unknown) => (isSpaceError(error) ? error.code : String(error)),
  )

test('Objects found by hand are those of the pipeline', async () => {
  await using model = await openModel(fixture('yolos'))
  const [processor, session] = await Promise.all([model.processor(), model.session()])
  const processed = await processor(photo)
  const outputs = await session.run(pictureFeeds(session, processed))
  const [logits, boxes] = [session.floats(outputs, 'logits'), session.floats(outputs, 'pred_boxes')]
  const [size] = processed.originalSizes
  assert.ok(size)
  const rule = detectionRule(model.config.model_type)
  const found = detections(logits, boxes, size, { threshold: 0.1, rule })
  await using detect = await pipeline('object-detection', fixture('yolos'))
  const expected = await detect(photo, { threshold: 0.1 })
  assert.ok(expected.length > 0)
  assert.deepEqual(
    found.map(({ label, ...rest }) => ({ ...rest, label: model.label(label) })),
    expected,
  )
  assert.ok((session.timings?.run ?? 0) > 0)
})

test('An image processor takes one picture or a batch, and gives the same in a worker, in this thread, and by configuration', async () => {
  await using processor = await loadImageProcessor(fixture('vit'))
  const image = await openImage(photo)
  const one = await processor(photo)
  assert.deepEqual(one.pixel_values.dims, [1, 3, 32, 32])
  assert.deepEqual(one.pixel_values, processor.process(await image.rgb()).pixel_values)
  const two = await processor([photo, image])
  assert.deepEqual(two.pixel_values.dims, [2, 3, 32, 32])
  assert.deepEqual(two.pixel_values.data.subarray(0, 3072), one.pixel_values.data)
  const configuration = JSON.parse(await readFile(fixture('vit/preprocessor_config.json'), 'utf8'))
  await using configured = await loadImageProcessor(configuration)
  assert.deepEqual((await configured(photo)).pixel_values, one.pixel_values)
  assert.equal(processor.kind, configured.kind)
  assert.deepEqual((await processor(await image.pixels())).pixel_values, one.pixel_values)
  assert.throws(() => processor.process(image as never), /decoded pixels.*Call the processor itself/)
  await configured.dispose()
  assert.equal(await codeOf(configured(photo)), 'pipeline-disposed')
  const missing = await codeOf(processor([photo, './none.png']))
  assert.equal(missing, 'media-missing')
})

test('A session says what it takes and gives, and runs with named tensors', async () => {
  await using session = await openSession(fixture('vit'))
  assert.equal(session.file, 'onnx/model.onnx')
  assert.deepEqual(
    session.inputs.map(({ name, type }) => [name, type]),
    [['pixel_values', 'float32']],
  )
  assert.ok(session.wants('pixel_values') && !session.wants('pixel_mask'))
  const pixel_values = tensor('float32', new Float32Array(3 * 32 * 32), [1, 3, 32, 32])
  const { logits } = await session.run({ pixel_values })
  assert.ok(logits)
  assert.deepEqual(logits.dims, [1, session.outputs[0]?.dims[1]])
  assert.equal(await codeOf(session.run({})), 'model-broken')
  assert.equal(await codeOf(session.run(undefined as never)), 'invalid-value')
  assert.equal(await codeOf(openSession('./none.onnx')), 'model-missing')
  assert.equal(await codeOf(session.run({ pixel_values: [1, 2] as never })), 'invalid-value')
  await using same = await openSession(fixture('vit/onnx/model.onnx'))
  assert.deepEqual((await same.run({ pixel_values })).logits, logits)
  await session.dispose()
  assert.equal(await codeOf(session.run({ pixel_values })), 'pipeline-disposed')
})

test('A graph that is not there is refused with what is', async () => {
  await assert.rejects(
    openSession(fixture('vit'), { graph: 'vision_encoder' }),
    /onnx\/vision_encoder\.onnx.*onnx\/model\.onnx/s,
  )
  await assert.rejects(
    openSession(fixture('vit'), { dtype: 'q4' }),
    /onnx\/model_q4\.onnx.*Choose a dtype that it has \(fp32\)/s,
  )
  await using model = await openModel(fixture('vit'))
  assert.ok(model.hasSession('model') && !model.hasSession('vision_encoder'))
  await assert.rejects(model.session('vision_encoder'), /vision_encoder/)
})

test('A session stops waiting when its signal is aborted', async () => {
  await using session = await openSession(fixture('vit'))
  const pixel_values = tensor('float32', new Float32Array(3 * 32 * 32), [1, 3, 32, 32])
  const reason = new Error('enough')
  await assert.rejects(
    session.run({ pixel_values }, { signal: AbortSignal.abort(reason) }),
    (error) => error === reason,
  )
})

test('Labels are told apart by hand as the pipeline tells them', async () => {
  await using model = await openModel(fixture('clip'))
  const [processor, tokenizer, session] = await Promise.all([model.processor(), loadTokenizer(model), model.session()])
  const labels = ['a cat', 'a dog', 'a remote control']
  const { input_ids, attention_mask } = tokenizer.batch(labels.map((label) => `This is a photo of ${label}.`))
  const { pixel_values } = await processor(photo)
  const outputs = await session.run({ input_ids, attention_mask, pixel_values })
  const scores = softmax(session.floats(outputs, 'logits_per_image').data)
  await using classify = await pipeline('zero-shot-image-classification', fixture('clip'))
  // The graph's own logits differ in their last digit from those that cosines give.
  for (const { label, score } of await classify(photo, labels))
    assert.ok(Math.abs((scores[labels.indexOf(label)] as number) - score) < 1e-6, label)
  const { data } = session.floats(outputs, 'image_embeds')
  assert.ok(Math.abs(cosineSimilarity(data, data) - 1) < 1e-6)
})

test('Text written by hand, token by token, is that of the pipeline', async () => {
  const options = { max_new_tokens: 5 }
  await using model = await openModel(fixture('trocr'))
  const [processor, encoder, merged, tokenizer] = await Promise.all([
    model.processor(),
    model.session('encoder_model'),
    model.session('decoder_model_merged'),
    loadTokenizer(model),
  ])
  const { pixel_values } = await processor(photo)
  const encoder_hidden_states = encoder.floats(await encoder.run({ pixel_values }), 'last_hidden_state')
  const run = (session: Session, feeds: Feeds) => session.run(feeds)
  const decoder = createDecoder({ first: merged, later: merged }, { encoder_hidden_states }, run)
  const config = (await model.json('generation_config.json')) ?? {}
  const [ids] = await generate({
    decoder,
    settings: generationSettings(options, config, model.config),
    prompt: [Number(config.decoder_start_token_id ?? model.config.decoder_start_token_id)],
    places: null,
    signal: new AbortController().signal,
    textOf: (tokens) => tokenizer.decode(tokens),
    onStep() {},
  })
  await using read = await pipeline('image-to-text', fixture('trocr'))
  assert.deepEqual(await read(photo, options), [{ generated_text: tokenizer.decode(ids ?? [], { special: false }) }])
})

test('A tokenizer turns text into tokens and back', async () => {
  const tokenizer = await loadTokenizer(fixture('clip'))
  const { ids } = tokenizer.encode('a cat')
  const { input_ids } = tokenizer.batch(['a cat'])
  assert.deepEqual([...input_ids.data].map(Number), ids)
  assert.equal(tokenizer.decode(ids, { special: false }).trim(), 'a cat')
  assert.equal(await codeOf(loadTokenizer(fixture('vit'))), 'model-file-missing')
})
