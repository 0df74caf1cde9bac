import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SpaceError } from '#core/errors.ts'
import { Refusal, retryAfter, waitBefore } from './refusal.ts'

const after = (headers: Record<string, string>) => retryAfter(new Headers(headers), () => Date.UTC(2026, 0, 1))

test('How long the Hub asks to wait is read in seconds, as a date, and from its rate limit', () => {
  assert.equal(after({ 'retry-after': '7' }), 7000)
  assert.equal(after({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' }), 30_000)
  assert.equal(after({ 'retry-after': 'Thu, 01 Jan 2015 00:00:30 GMT' }), 0)
  assert.equal(after({ ratelimit: '"api";r=0;t=55' }), 55_000)
  assert.equal(after({ ratelimit: '"api";r=12;t=55' }), null)
  assert.equal(after({ 'retry-after': 'soon' }), null)
  assert.equal(after({}), null)
})

const wait = (status: number, headers: Record<string, string> = {}, attempt = 1) => {
  const cause = new Refusal('no', status, new Headers(headers))
  const details = { model: 'a/b', endpoint: 'https://hub.test', reason: 'no' }
  return waitBefore(new SpaceError('hub-unreachable', details, { cause }), attempt)
}

test('A busy Hub is asked again when it says, or after a while that grows; other refusals are final', () => {
  assert.equal(wait(429, { 'retry-after': '5' }), 5000)
  assert.equal(wait(503), 500)
  assert.equal(wait(503, {}, 3), 2000)
  assert.equal(wait(429, { 'retry-after': '300' }), null)
  assert.equal(wait(404), null)
  assert.equal(waitBefore(new Error('cut'), 1), 500)
})
