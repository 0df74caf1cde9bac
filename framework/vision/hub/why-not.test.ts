import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SpaceError } from '#core/errors.ts'
import { Refusal } from './refusal.ts'
import { isPassing, whyNot } from './why-not.ts'

const coded = (code: string, message = 'no') => Object.assign(new Error(message), { code })
const failed = (cause: unknown) => new TypeError('fetch failed', { cause })

test('What keeps a connection from being made is said in words', () => {
  assert.equal(whyNot(failed(coded('ENOTFOUND'))), 'no such host')
  assert.equal(
    whyNot(failed(new AggregateError([coded('ECONNREFUSED'), coded('ENETUNREACH')]))),
    'a refused connection',
  )
  assert.match(whyNot(failed(coded('DEPTH_ZERO_SELF_SIGNED_CERT'))), /does not trust .*NODE_EXTRA_CA_CERTS/)
  assert.equal(whyNot(failed(coded('UND_ERR_SOCKET'))), 'a broken connection (UND_ERR_SOCKET)')
  assert.equal(whyNot(failed(new Error('bad port'))), 'bad port')
  assert.equal(whyNot(failed(new Error(''))), 'fetch failed')
  assert.equal(whyNot('gone'), 'gone')
})

test('A connection that broke and a busy server may be better in a moment; a host that is not there will not', () => {
  const unreachable = (cause: unknown) =>
    new SpaceError('hub-unreachable', { model: 'a/b', endpoint: 'https://hub.test', reason: 'no' }, { cause })
  assert.equal(isPassing(unreachable(failed(coded('ECONNRESET')))), true)
  assert.equal(isPassing(unreachable(new Refusal('busy', 503, new Headers()))), true)
  assert.equal(isPassing(unreachable(failed(coded('ENOTFOUND')))), false)
  assert.equal(isPassing(new Error('mine')), false)
})
