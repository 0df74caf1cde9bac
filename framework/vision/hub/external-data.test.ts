import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { externalFiles, locationsIn } from './external-data.ts'

/** The entry of a tensor's `external_data` in a graph's bytes, as protobuf writes it. */
const location = (name: string) =>
  Buffer.concat([
    Buffer.from('\n\x08location\x12'),
    Buffer.from([name.length]),
    Buffer.from(name),
    Buffer.from('j\x0e'),
  ])

test('A graph names the files with its weights', () => {
  const graph = Buffer.concat([
    Buffer.from('head'),
    location('layer.0.weight'),
    location('layer.0.weight'),
    location('b'),
  ])
  assert.deepEqual(locationsIn(graph), ['layer.0.weight', 'b'])
  assert.deepEqual(locationsIn(Buffer.from('nothing of the kind')), [])
})

test('Files that a graph names are its own, whatever they are called; others beside it are not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spaces-external-'))
  try {
    await mkdir(join(folder, 'onnx'))
    await writeFile(join(folder, 'onnx/model.onnx'), Buffer.concat([location('layer.0.weight'), location('../x')]))
    const others = ['onnx/layer.0.weight', 'onnx/layer.1.weight', 'onnx/readme.md', 'x', 'README.md']
    assert.deepEqual(await externalFiles(folder, ['onnx/model.onnx'], others), ['onnx/layer.0.weight'])
  } finally {
    await rm(folder, { recursive: true })
  }
})
