import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openModel } from './model.ts'

test('the numbers that Python writes and JSON does not know are read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-model-'))
  try {
    const text = '{ "least": -Infinity, "most": Infinity, "none": NaN, "said": "NaN, \\"-Infinity" }'
    await writeFile(join(folder, 'scheduler_config.json'), text)
    await writeFile(join(folder, 'config.json'), '{ "least": -Infinite }')
    await assert.rejects(openModel('tiny', folder, {}), { message: /config\.json: it is no JSON/ })
    await rm(join(folder, 'config.json'))
    const model = await openModel('tiny', folder, {})
    assert.deepEqual(await model.json('scheduler_config.json'), {
      least: Number.NEGATIVE_INFINITY,
      most: Number.POSITIVE_INFINITY,
      none: null,
      said: 'NaN, "-Infinity',
    })
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('the only graph of a folder is the model, whatever it is called, unless it is named as a part of one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-model-'))
  const has = async (name: string) => (await openModel('tiny', folder, {})).hasSession(name)
  try {
    await writeFile(join(folder, 'model_optimized_quantized.onnx'), '')
    assert.equal(await has('model'), true)
    await writeFile(join(folder, 'model_optimized.onnx'), '')
    assert.equal(await has('model'), true, 'in two dtypes it is still one graph')
    await writeFile(join(folder, 'another.onnx'), '')
    assert.equal(await has('model'), false)
    for (const name of ['another', 'model_optimized', 'model_optimized_quantized'])
      await rm(join(folder, `${name}.onnx`))
    await writeFile(join(folder, 'encoder_model.onnx'), '')
    assert.equal(await has('model'), false)
  } finally {
    await rm(folder, { recursive: true })
  }
})

// transformers 5.18.0: PretrainedConfig(num_labels=3, id2label={0: 'cat'}).id2label
test('names that are not as many as the classes are left aside, as in Python', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-model-'))
  const labels = async (config: object) => {
    await writeFile(join(folder, 'config.json'), JSON.stringify(config))
    const { label } = await openModel('tiny', folder, {})
    return [label(0), label(1)]
  }
  try {
    assert.deepEqual(await labels({ num_labels: 3, id2label: { 0: 'cat' } }), ['LABEL_0', 'LABEL_1'])
    assert.deepEqual(await labels({ num_labels: 2, id2label: { 0: 'cat', 1: 'dog' } }), ['cat', 'dog'])
    assert.deepEqual(await labels({ id2label: { 1: 'dog', 0: 'cat' } }), ['cat', 'dog'])
    assert.deepEqual(await labels({ id2label: null }), ['LABEL_0', 'LABEL_1'])
    await assert.rejects(labels({ id2label: { 0: 'cat', 2: 'dog' } }), /no name for class 1/)
  } finally {
    await rm(folder, { recursive: true })
  }
})
