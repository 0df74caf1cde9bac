import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readOptions, takeOthers } from './call-options.ts'
import { UsageError } from './command.ts'
import { TASK_LINES } from './task-lines.ts'

const KNOWN = ['labels', 'out', 'overwrite']
const taken = (...line: string[]) => takeOthers(line, KNOWN)
const options = (json: string | undefined, ...line: string[]) =>
  readOptions(json, taken(...line).others, TASK_LINES['object-detection'], KNOWN)

test('Options of the task are taken out of the line, each with its value', () => {
  const { line, others } = taken(
    'task',
    '--threshold',
    '0.3',
    'a.png',
    '--out',
    'x',
    '--top-k=2',
    '--percentage',
    'b.png',
  )
  assert.deepEqual(line, ['task', 'a.png', '--out', 'x', 'b.png'])
  assert.deepEqual(others, [
    { name: 'threshold', value: '0.3' },
    { name: 'top-k', value: '2' },
    { name: 'percentage', value: null },
  ])
  assert.deepEqual(takeOthers(['--model_file_name=a_b', '--model_file_name', 'c'], ['model-file-name']), {
    line: ['--model-file-name=a_b', '--model-file-name', 'c'],
    others: [],
  })
  assert.deepEqual(taken('--shift', '-1', '--pool', 'false', '--last', '--', '--not-one').line, ['--', '--not-one'])
  assert.deepEqual(taken('--threshold', '-').line, ['-'])
})

test('Values are JSON where they read as it, and text elsewhere', () => {
  assert.deepEqual(options('{"a":1}', '--top-k', '2', '--scheduler', 'Euler', '--boxes', '[[1,2]]', '--percentage'), {
    a: 1,
    top_k: 2,
    scheduler: 'Euler',
    boxes: [[1, 2]],
    percentage: true,
  })
})

test('A misspelt option or flag is told with what was meant', () => {
  assert.throws(() => options(undefined, '--treshold', '1'), /no option --treshold.*threshold/)
  assert.throws(() => options(undefined, '--lables', 'a'), /labels/)
  assert.throws(() => options('[1]'), UsageError)
  assert.throws(() => options('{'), UsageError)
})
