import assert from 'node:assert/strict'
import { test } from 'node:test'
import { announcement, duration, estimate, ordinal } from './run-state.ts'

test('durations are as exact as they are worth', () => {
  assert.deepEqual([0.4, 38.2, 999, 1000, 8449, 59_990, 125_000].map(duration), [
    '0 ms',
    '38 ms',
    '999 ms',
    '1.0 s',
    '8.4 s',
    '1 min 0 s',
    '2 min 5 s',
  ])
})

test('estimates are rounded up to seconds or minutes', () => {
  assert.deepEqual([10, 4200, 89_000, 200_000].map(estimate), ['about 1 s', 'about 5 s', 'about 89 s', 'about 3 min'])
})

test('places in the queue are ordinals', () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 22, 103, 111].map(ordinal), [
    '1st',
    '2nd',
    '3rd',
    '4th',
    '11th',
    '12th',
    '13th',
    '21st',
    '22nd',
    '103rd',
    '111th',
  ])
})

test('a screen reader hears the whole error, and of a run only that it runs', () => {
  const error = { code: 'refused', title: 'The task refused', message: 'No face.', hint: 'Try another photo.' } as const
  assert.equal(announcement({ at: 'failed', error }), 'Failed. The task refused. No face. Try another photo.')
  const running = { at: 'running', since: 0, note: 'Step 3 of 5', etaMs: null } as const
  assert.equal(announcement({ ...running, fraction: 0.1 }), announcement({ ...running, fraction: 0.9 }))
})
