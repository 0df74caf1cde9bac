/**
 * Where models are kept and fetched from, by the variables that Python's huggingface_hub reads:
 * https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 * Read anew at each use, so that a change counts at once.
 */

import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'

export interface HubEnvironment {
  /** Absolute path of the folder with one `models--org--name` folder for each model. */
  readonly cacheFolder: string
  /** Base of the Hub's addresses, without a slash at its end. */
  readonly endpoint: string
  /** Whether only the cache may be used. */
  readonly offline: boolean
  /** Whether the cache may hold symbolic links. */
  readonly symlinks: boolean
  /** Whether large files may be pushed in chunks, where the Hub stores them so. */
  readonly xet: boolean
  /** Whether downloads are drawn in the terminal. */
  readonly bars: boolean
  /** How long the Hub may take to say what a revision is, in milliseconds. */
  readonly answerTimeoutMs: number
  /** How long a download may stand still before it is taken up again, in milliseconds. */
  readonly stallTimeoutMs: number
}

type Variables = Readonly<Record<string, string | undefined>>

export function readEnvironment(variables: Variables = process.env): HubEnvironment {
  const cacheFolder = variables.HF_HUB_CACHE || variables.HUGGINGFACE_HUB_CACHE || join(homeOf(variables), 'hub')
  return {
    cacheFolder: resolve(expand(cacheFolder, variables)),
    endpoint: (variables.HF_ENDPOINT || 'https://huggingface.co').replace(/\/+$/, ''),
    offline: isOn(variables.HF_HUB_OFFLINE || variables.TRANSFORMERS_OFFLINE),
    symlinks: !isOn(variables.HF_HUB_DISABLE_SYMLINKS),
    xet: !isOn(variables.HF_HUB_DISABLE_XET),
    bars: !isOn(variables.HF_HUB_DISABLE_PROGRESS_BARS),
    answerTimeoutMs: secondsOf(variables.HF_HUB_ETAG_TIMEOUT),
    stallTimeoutMs: secondsOf(variables.HF_HUB_DOWNLOAD_TIMEOUT),
  }
}

/** The access token of `HF_TOKEN`, else of the file that `huggingface-cli login` writes; null where there is none. */
export async function readToken(variables: Variables = process.env): Promise<string | null> {
  if (isOn(variables.HF_HUB_DISABLE_IMPLICIT_TOKEN)) return null
  const given = cleaned(variables.HF_TOKEN || variables.HUGGING_FACE_HUB_TOKEN || '')
  if (given) return given
  const file = resolve(expand(variables.HF_TOKEN_PATH || join(homeOf(variables), 'token'), variables))
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return ''
    throw error
  })
  return cleaned(kept) || null
}

/** A token has no line breaks; what it was pasted from may have. */
const cleaned = (token: string) => token.replace(/[\r\n]/g, '').trim()

function homeOf(variables: Variables): string {
  return variables.HF_HOME || join(variables.XDG_CACHE_HOME || join(homedir(), '.cache'), 'huggingface')
}

/** `~` at the beginning and `$NAME` anywhere, as a shell reads them: a file of variables may have them untouched. */
function expand(path: string, variables: Variables): string {
  const whole = path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path
  return whole.replace(/\$(?:(\w+)|\{(\w+)\})/g, (said, bare, braced) => variables[bare ?? braced] ?? said)
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && ['1', 'ON', 'YES', 'TRUE'].includes(value.toUpperCase())
}

/** Python's default for both limits is 10 s. */
function secondsOf(value: string | undefined): number {
  const seconds = Number(value)
  return (value && Number.isFinite(seconds) && seconds > 0 ? seconds : 10) * 1000
}
