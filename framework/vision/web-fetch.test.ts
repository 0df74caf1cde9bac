import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readProxies } from './web-fetch.ts'

test('Proxies are named as they are to curl, small letters first', () => {
  assert.equal(readProxies({}), null)
  assert.equal(readProxies({ NO_PROXY: '*', HTTP_PROXY: '' }), null)
  const both = { httpProxy: 'http://proxy:3128', httpsProxy: 'http://proxy:3128', noProxy: '' }
  assert.deepEqual(readProxies({ ALL_PROXY: 'proxy:3128' }), both)
  assert.deepEqual(readProxies({ HTTPS_PROXY: 'https://b', https_proxy: 'http://a', NO_PROXY: 'x', no_proxy: 'y' }), {
    httpProxy: '',
    httpsProxy: 'http://a',
    noProxy: 'y',
  })
})
