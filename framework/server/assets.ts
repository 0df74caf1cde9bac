/**
 * What the build made for browsers: hashed scripts and styles with their compressed siblings, and one style sheet for
 * each set of components, put together once out of the base and their own.
 */

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { ClientManifest } from '#core/manifest.ts'

/** Addresses for one page, as they stand in its document. */
export interface PageAssets {
  readonly scripts: readonly string[]
  readonly preloads: readonly string[]
  readonly styles: readonly string[]
}

export interface Asset {
  readonly body: Uint8Array
  readonly type: string
  readonly encoding: 'br' | 'gzip' | null
}

const NONE: PageAssets = { scripts: [], preloads: [], styles: [] }

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  woff2: 'font/woff2',
  wasm: 'application/wasm',
}

/** Composed style sheets that are kept; a server has few sets of components. */
const MAX_STYLES = 64

export class ClientAssets {
  readonly #dir: string
  #manifest: Promise<ClientManifest | null> | null = null
  readonly #styles = new Map<string, Promise<Record<'br' | 'gzip' | 'plain', Uint8Array>>>()

  constructor(dir: string = clientDir()) {
    this.#dir = dir
  }

  /** Null where the client was not built. */
  manifest(): Promise<ClientManifest | null> {
    this.#manifest ??= readFile(join(this.#dir, 'manifest.json'), 'utf8').then(
      (text) => JSON.parse(text) as ClientManifest,
      () => {
        this.#manifest = null
        return null
      },
    )
    return this.#manifest
  }

  /** @param root - relative way to the server's root. */
  async forSpace(kinds: readonly string[], root: string): Promise<PageAssets> {
    const manifest = await this.manifest()
    if (manifest === null) return NONE
    const used = [...new Set(kinds)].filter((kind) => kind in manifest.views).sort()
    const modules = used.flatMap((kind) => [
      manifest.views[kind]?.script ?? '',
      ...(manifest.views[kind]?.imports ?? []),
    ])
    const url = (name: string) => `${root}_spaces/client/${name}`
    return {
      scripts: [url(manifest.entry)],
      preloads: [...new Set([...manifest.entryImports, ...modules])].filter((name) => name !== manifest.entry).map(url),
      styles: [`${root}_spaces/style/${styleName(used, manifest)}`],
    }
  }

  async forGallery(root: string): Promise<PageAssets> {
    const manifest = await this.manifest()
    if (manifest === null) return NONE
    const url = (name: string) => `${root}_spaces/client/${name}`
    return {
      scripts: manifest.galleryEntry ? [url(manifest.galleryEntry)] : [],
      preloads: manifest.galleryImports.map(url),
      styles: [`${root}_spaces/style/${styleName([], manifest)}`],
    }
  }

  /** A file of the build, in the best encoding that the browser takes. */
  async file(name: string, accepted: string): Promise<Asset | null> {
    if (!/^[\w-]+(\.[\w-]+)+$/.test(name) || name === 'manifest.json') return null
    const type = TYPES[name.slice(name.lastIndexOf('.') + 1)]
    if (type === undefined) return null
    for (const [encoding, ending] of encodings(accepted)) {
      const body = await readFile(join(this.#dir, name + ending)).catch(() => null)
      if (body) return { body, type, encoding }
    }
    return null
  }

  /** A composed style sheet by its name, `image+label.0123456789.css`. */
  async style(name: string, accepted: string): Promise<Asset | null> {
    const manifest = await this.manifest()
    const kinds = /^([\w+-]*)\.[\w-]+\.css$/.exec(name)?.[1]?.split('+').filter(Boolean)
    if (manifest === null || kinds === undefined || styleName(kinds, manifest) !== name) return null
    if (!kinds.every((kind) => kind in manifest.views)) return null
    let style = this.#styles.get(name)
    if (style === undefined) {
      style = this.#compose(kinds, manifest)
      if (this.#styles.size >= MAX_STYLES) this.#styles.clear()
      this.#styles.set(name, style)
    }
    const bodies = await style
    const [encoding] = encodings(accepted)[0] ?? [null]
    return { body: bodies[encoding ?? 'plain'], type: 'text/css; charset=utf-8', encoding }
  }

  async #compose(kinds: readonly string[], manifest: ClientManifest) {
    const names = [manifest.baseStyle, ...kinds.map((kind) => manifest.views[kind]?.style)]
    const parts = names.filter((name) => typeof name === 'string').map((name) => readFile(join(this.#dir, name)))
    const plain = Buffer.concat(await Promise.all(parts))
    return { plain, br: await toBrotli(plain), gzip: await toGzip(plain) }
  }
}

const brotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

/** Brotli at a quality that takes milliseconds for a page, not the whole second of the highest one. */
export const toBrotli = (bytes: Uint8Array, quality = 9): Promise<Uint8Array> =>
  brotli(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  })

function encodings(accepted: string): ['br' | 'gzip' | null, string][] {
  const takes = (name: string) => new RegExp(`(^|[,\\s])${name}(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))`).test(accepted)
  return [
    ...(takes('br') ? [['br', '.br'] as ['br', string]] : []),
    ...(takes('gzip') ? [['gzip', '.gz'] as ['gzip', string]] : []),
    [null, ''],
  ]
}

/** Names what is in it and, by the hash, which build it came from: what it says may be kept for ever. */
function styleName(kinds: readonly string[], { baseStyle, views }: ClientManifest): string {
  const parts = [baseStyle, ...kinds.map((kind) => views[kind]?.style ?? '')].join('\0')
  const hash = createHash('sha256').update(parts).digest('hex').slice(0, 10)
  return `${kinds.join('+')}.${hash}.css`
}

/** `dist/client` of this package, from the sources as from the build. */
function clientDir(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const above = dirname(folder)
    if (above === folder) break
    folder = above
  }
  return join(folder, 'dist/client')
}
