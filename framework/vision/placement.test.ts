import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkOptions, readPlacement } from './placement.ts'
import { configureRuntime } from './runtime/settings.ts'

test('a model lives in one worker on the CPU unless it is told otherwise', () => {
  assert.deepEqual(readPlacement({}), { workers: 1, providers: ['cpu'] })
  assert.deepEqual(readPlacement({ workers: 3, providers: ['webgpu', 'cpu'] }), {
    workers: 3,
    providers: ['webgpu', 'cpu'],
  })
})

test('workers that cannot be counted and providers that are no list are refused by name', () => {
  for (const workers of [0, -1, 1.5, Number.NaN, '2', 1e9])
    assert.throws(() => readPlacement({ workers: workers as number }), /^SpaceError: workers: expected a whole number/)
  for (const providers of ['cpu', [], [5]])
    assert.throws(
      () => readPlacement({ providers: providers as unknown as string[] }),
      /^SpaceError: providers: expected a list/,
    )
})

test('options are an object', () => {
  checkOptions({})
  for (const options of [null, 'fp32', 5, []]) assert.throws(() => checkOptions(options), /options: expected an object/)
})

test('settings of the runtime that cannot be are refused by name, and nothing changes', () => {
  for (const change of [
    { workers: 0 },
    { threads: 0 },
    { maxQueue: -1 },
    { idleMinutes: Number.NaN },
    { threads: 'a' },
  ])
    assert.throws(() => configureRuntime(change as object), new RegExp(`${Object.keys(change)[0]}: expected`))
  assert.throws(() => configureRuntime({ wrokers: 2 } as object), /settings out of workers, threads/)
})
