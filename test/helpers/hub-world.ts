// A Hub on the loopback, an empty cache beside it, and the environment that leads to both.

import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isSpaceError } from '#core/errors.ts'
import { type HubOptions, openHub } from './hub-server.ts'

const VARIABLES = ['HF_HOME', 'HF_HUB_CACHE', 'HF_ENDPOINT', 'HF_TOKEN', 'HF_TOKEN_PATH', 'HF_HUB_OFFLINE']
VARIABLES.push('HUGGINGFACE_HUB_CACHE', 'TRANSFORMERS_OFFLINE', 'HF_HUB_DISABLE_SYMLINKS', 'HF_HUB_DOWNLOAD_TIMEOUT')
VARIABLES.push('HUGGING_FACE_HUB_TOKEN', 'HF_HUB_DISABLE_IMPLICIT_TOKEN', 'HF_HUB_ETAG_TIMEOUT', 'HF_HUB_DISABLE_XET')
const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY']
VARIABLES.push(...PROXIES, ...PROXIES.map((name) => name.toLowerCase()))

export async function openWorld(variables: Readonly<Record<string, string>> = {}, options: HubOptions = {}) {
  const hub = await openHub(options)
  const home = await mkdtemp(join(tmpdir(), 'spaces-hub-'))
  const before = VARIABLES.map((name) => [name, process.env[name]] as const)
  for (const name of VARIABLES) delete process.env[name]
  Object.assign(process.env, { HF_HOME: home, HF_ENDPOINT: hub.url, ...variables })
  const repo = join(home, 'hub', 'models--space-lab--tiny-vit')
  return {
    hub,
    home,
    repo,
    async [Symbol.asyncDispose]() {
      for (const [name, value] of before) {
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      }
      await hub[Symbol.asyncDispose]()
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** The refusal that some work ends with. */
export async function refusal(
  work: Promise<unknown>,
): Promise<{ code: string; message: string; details: Record<string, unknown> }> {
  const error = await work.then(
    () => assert.fail('expected a refusal'),
    (error: unknown) => error,
  )
  if (!isSpaceError(error)) throw error
  return { code: error.code, message: error.message, details: error.details as unknown as Record<string, unknown> }
}

/** Paths of the files and links in a folder. */
export async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort()
}
