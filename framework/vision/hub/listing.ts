/** What a commit holds: by the Hub's tree of files, or by its description of the repository where a mirror has no trees. */

import type { RepoFile } from './cache.ts'
import { type Listed, listedFile, vague } from './file-facts.ts'
import { isLacking } from './refusal.ts'

interface Asked {
  readonly model: string
  readonly endpoint: string
  readonly commit: string
  readonly fetch: typeof fetch
}

/** @throws SpaceError `model-broken` where a name would lead out of the cache, and what `fetch` throws */
export async function listFilesAt(asked: Asked): Promise<RepoFile[]> {
  const files = await fromTree(asked).catch((error: unknown) => {
    if (isLacking(error)) return fromDescription(asked)
    throw error
  })
  return distinct(files.map((file) => listedFile(asked.model, file)))
}

/** Ids that stand for files of several sizes are none: what those files are is left to their own headers. */
function distinct(files: readonly RepoFile[]): RepoFile[] {
  const sizes = new Map<string, number>()
  const ambiguous = new Set<string>()
  for (const { etag, byteLength } of files) {
    if ((sizes.get(etag) ?? byteLength) !== byteLength) ambiguous.add(etag)
    sizes.set(etag, byteLength)
  }
  return files.map((file) => (ambiguous.has(file.etag) ? vague(file.path) : file))
}

interface TreeEntry {
  readonly type: string
  readonly path: string
  readonly size?: number
  readonly oid?: string
  readonly lfs?: { readonly oid?: string; readonly size?: number }
}

async function fromTree({ model, endpoint, commit, fetch }: Asked): Promise<Listed[]> {
  const files: Listed[] = []
  let address: string | null = `${endpoint}/api/models/${model}/tree/${commit}?recursive=true&expand=false`
  while (address !== null) {
    const page = await fetch(address)
    for (const { type, path, size, oid, lfs } of (await page.json()) as TreeEntry[]) {
      if (type === 'file') files.push({ path, byteLength: lfs?.size ?? size, sha256: lfs?.oid, blobId: oid })
    }
    address = nextPage(page.headers.get('link'), address, endpoint)
  }
  return files
}

/** `<address>; rel="next"` (RFC 8288). A mirror may pass on the address of the Hub that it mirrors. */
function nextPage(links: string | null, current: string, endpoint: string): string | null {
  const target = /<([^>]*)>[^,]*;\s*rel="?next"?/.exec(links ?? '')?.[1]
  if (target === undefined) return null
  const next = new URL(target, current)
  return next.origin === new URL(endpoint).origin
    ? next.href
    : endpoint + next.pathname.replace(/^.*?(?=\/api\/models\/)/, '') + next.search
}

/** A file as the description of a repository names it. */
interface Sibling {
  readonly rfilename: string
  readonly size?: number
  readonly blobId?: string
  readonly lfs?: { readonly sha256?: string; readonly size?: number }
}

interface Description {
  readonly sha?: string
  readonly siblings?: readonly Sibling[]
}

async function fromDescription({ model, endpoint, commit, fetch }: Asked): Promise<Listed[]> {
  const about = async (at: string) =>
    (await fetch(`${endpoint}/api/models/${model}${at}?blobs=true`)).json() as Promise<Description>
  const { siblings = [] } = await about(`/revision/${commit}`).catch(async (error: unknown) => {
    const latest = isLacking(error) ? await about('') : null
    return latest?.sha === commit ? latest : Promise.reject(error)
  })
  return siblings.map(({ rfilename: path, size, blobId, lfs }) => ({
    path,
    byteLength: lfs?.size ?? size,
    sha256: lfs?.sha256,
    blobId,
  }))
}
