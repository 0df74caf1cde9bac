import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { readEnvironment, readToken } from './environment.ts'

test('The cache is where Python’s client has it', () => {
  const folder = (variables: Record<string, string>) => readEnvironment(variables).cacheFolder
  assert.equal(folder({}), join(homedir(), '.cache/huggingface/hub'))
  assert.equal(folder({ XDG_CACHE_HOME: '/x' }), '/x/huggingface/hub')
  assert.equal(folder({ HF_HOME: '/h', XDG_CACHE_HOME: '/x' }), '/h/hub')
  assert.equal(folder({ HUGGINGFACE_HUB_CACHE: '/old', HF_HOME: '/h' }), '/old')
  assert.equal(folder({ HF_HUB_CACHE: '~/models', HUGGINGFACE_HUB_CACHE: '/old' }), join(homedir(), 'models'))
})

test('Mirrors, limits and switches are read as Python reads them', () => {
  const plain = readEnvironment({})
  assert.equal(plain.endpoint, 'https://huggingface.co')
  assert.deepEqual([plain.offline, plain.symlinks, plain.stallTimeoutMs], [false, true, 10_000])
  const set = readEnvironment({
    HF_ENDPOINT: 'https://mirror.example/',
    HF_HUB_OFFLINE: 'yes',
    HF_HUB_DISABLE_SYMLINKS: '1',
    HF_HUB_DOWNLOAD_TIMEOUT: '30',
  })
  assert.equal(set.endpoint, 'https://mirror.example')
  assert.deepEqual([set.offline, set.symlinks, set.stallTimeoutMs], [true, false, 30_000])
  assert.equal(readEnvironment({ TRANSFORMERS_OFFLINE: 'TRUE' }).offline, true)
  assert.equal(readEnvironment({ HF_HUB_OFFLINE: '0', TRANSFORMERS_OFFLINE: '1' }).offline, false)
  assert.deepEqual([plain.bars, readEnvironment({ HF_HUB_DISABLE_PROGRESS_BARS: '1' }).bars], [true, false])
  assert.equal(readEnvironment({ HF_HUB_OFFLINE: '0' }).offline, false)
})

test('Variables within paths are read as Python reads them', () => {
  const folderOf = (HF_HOME: string) => readEnvironment({ HF_HOME, DISK: '/mnt/models' }).cacheFolder
  assert.equal(folderOf('$DISK/hf'), '/mnt/models/hf/hub')
  assert.equal(folderOf(['$', '{DISK}/hf/$NOTHING'].join('')), '/mnt/models/hf/$NOTHING/hub')
  assert.equal(folderOf('~/$DISK'), join(homedir(), '/mnt/models/hub'))
})

test('The token comes from the variable, else from the file, unless that is forbidden', async () => {
  const home = await mkdtemp(join(tmpdir(), 'spaces-token-'))
  try {
    assert.equal(await readToken({ HF_HOME: home }), null)
    await writeFile(join(home, 'token'), 'hf_kept\n')
    assert.equal(await readToken({ HF_HOME: home }), 'hf_kept')
    assert.equal(await readToken({ HF_HOME: home, HF_TOKEN: ' hf_given ' }), 'hf_given')
    assert.equal(await readToken({ HF_HOME: home, HF_TOKEN: 'hf_gi\r\nven\n' }), 'hf_given')
    assert.equal(await readToken({ HF_HOME: home, HF_TOKEN_PATH: '$HF_HOME/token' }), 'hf_kept')
    assert.equal(await readToken({ HF_HOME: '/nowhere', HF_TOKEN_PATH: join(home, 'token') }), 'hf_kept')
    assert.equal(await readToken({ HF_HOME: home, HF_HUB_DISABLE_IMPLICIT_TOKEN: '1' }), null)
  } finally {
    await rm(home, { recursive: true })
  }
})
