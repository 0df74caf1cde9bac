import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { findModels } from './find.ts'
import { argumentsOf, type Case, dtypeOf, perAnswer, referenceOf } from './record.ts'

const root = mkdtempSync(join(tmpdir(), 'conformance-'))
after(() => rmSync(root, { recursive: true }))

function write(path: string, contents: unknown) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), typeof contents === 'string' ? contents : JSON.stringify(contents))
}
const record = { task: 'image-classification', input: { image: 'photo.png' }, output: [] }
const model = (path: string) => findModels(join(root, path))

test('models are found however deep they lie, each with all of its references', () => {
  write('deep/one folder/two/model a/expected.json', { ...record, also: [{ ...record, case: 'second' }] })
  const [found, ...others] = model('deep')
  assert.equal(found?.name, 'one folder/two/model a')
  assert.deepEqual(
    found?.cases.map(({ reference }) => reference.case),
    [undefined, 'second'],
  )
  assert.equal(others.length, 0)
})

test('the folder of a model, and its expected.json, stand for themselves', () => {
  write('single/expected.json', record)
  assert.deepEqual([model('single')[0]?.name, model('single/expected.json')[0]?.cases.length], ['single', 1])
})

test('references may be a list, or lie under cases and leave out what all of them share', () => {
  write('list/expected.json', [record, { case: 'second', output: [] }])
  write('cases/expected.json', { task: 'object-detection', input: 'a.png', cases: [{ output: [] }, { output: [] }] })
  assert.equal(model('list')[0]?.cases[1]?.reference.task, 'image-classification')
  assert.deepEqual(
    model('cases')[0]?.cases.map(({ reference }) => [reference.task, reference.input]),
    [
      ['object-detection', { image: 'a.png' }],
      ['object-detection', { image: 'a.png' }],
    ],
  )
})

test('a model without references is told and does not fail; its parts are not told', () => {
  write('bare/model_index.json', {})
  write('bare/unet/config.json', {})
  assert.deepEqual(
    model('bare').map(({ name, problem }) => [name, problem?.fails]),
    [['bare', false]],
  )
})

test('an expected.json that cannot be read fails, and the others are read', () => {
  write('mixed/broken/expected.json', '{"task": ')
  write('mixed/fine/expected.json', `\uFEFF{"task": "depth-estimation", "output": {}, "detail": {"margin": NaN}}`)
  const [broken, fine] = model('mixed')
  assert.match(broken?.problem?.what ?? '', /^expected\.json: /)
  assert.equal(fine?.cases.length, 1)
})

test('references of another kind are passed over', () => {
  write('pictures/expected.json', { what: 'decoded pictures', cases: [{ file: 'a.png' }] })
  assert.deepEqual(model('pictures'), [])
})

const caseOf = (written: Record<string, unknown>): Case => ({
  name: 'm',
  folder: join(root, 'paths/models/m'),
  root: join(root, 'paths'),
  reference: referenceOf({ task: 'image-classification', output: [], ...written }),
})

test('pictures are looked for in the model’s folder, then in those around it', () => {
  write('paths/input/photo.png', '')
  const at = (image: string) => argumentsOf(caseOf({ input: { image } }))[0]
  assert.equal(at('../../input/photo.png'), join(root, 'paths/input/photo.png'))
  assert.equal(at('input/photo.png'), join(root, 'paths/input/photo.png'))
  assert.equal(at('missing.png'), join(root, 'paths/models/m/missing.png'))
  assert.equal(at('https://example.org/a.png'), 'https://example.org/a.png')
})

test('labels and questions are arguments, whether they stand in input or in parameters', () => {
  const labels = ['cat', 'dog']
  const image = 'https://example.org/a.png'
  const wanted = [image, labels, { threshold: 0.2 }]
  assert.deepEqual(
    argumentsOf(caseOf({ input: { image, candidate_labels: labels }, parameters: { threshold: 0.2 } })),
    wanted,
  )
  assert.deepEqual(
    argumentsOf(caseOf({ input: image, parameters: { threshold: 0.2, candidate_labels: labels } })),
    wanted,
  )
})

test('a list of pictures has a reference for each answer', () => {
  const image = ['https://example.org/a.png', 'https://example.org/b.png']
  const singles = perAnswer(caseOf({ input: { image }, output: ['first', 'second'] }))
  assert.deepEqual(
    singles?.map(({ reference }) => reference.output),
    ['first', 'second'],
  )
  assert.equal(perAnswer(caseOf({ input: { image: 'a.png' }, output: ['first'] })), null)
})

test('a file’s suffix names its dtype, and no other part of its name does', () => {
  const dtype = (file: string) => dtypeOf(caseOf({ file }).reference)
  assert.deepEqual(
    ['onnx/model.onnx', 'onnx/model_quantized.onnx', 'onnx/model_q4f16.onnx', 'onnx/decoder_model_merged.onnx'].map(
      dtype,
    ),
    [undefined, 'q8', 'q4f16', undefined],
  )
})
