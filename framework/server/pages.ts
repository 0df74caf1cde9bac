/** Pages drawn on the server. Each is drawn once for every state of its space and theme, and kept compressed. */

import { createHash } from 'node:crypto'
import type { GalleryManifest, SpaceManifest } from '#core/manifest.ts'
import { type ClientAssets, toBrotli } from './assets.ts'

export type Theme = 'light' | 'dark' | null

export interface DrawnPage {
  readonly etag: string
  readonly html: Uint8Array
  /** Made in the background: the first visitor does not wait for it. */
  brotli: Uint8Array | null
}

/** Far more than the themes of a gallery's spaces. */
const MAX_PAGES = 512

export class Pages {
  readonly #assets: ClientAssets
  readonly #drawn = new Map<string, Promise<DrawnPage>>()

  constructor(assets: ClientAssets) {
    this.#assets = assets
  }

  space(manifest: SpaceManifest, theme: Theme, breadcrumb: string | null): Promise<DrawnPage> {
    const key = `${manifest.slug}\0${manifest.revision}\0${theme}`
    return this.#once(key, async () => {
      const root = manifest.slug === '' ? './' : '../'
      const kinds = [...manifest.inputs, ...manifest.outputs].map(({ kind }) => kind)
      const [{ renderSpacePage }, assets] = await Promise.all([
        import('#client/render.tsx'),
        this.#assets.forSpace(kinds, root),
      ])
      return renderSpacePage({ manifest, theme, root, assets, breadcrumb })
    })
  }

  /** @param revision - changes with any of the cards. */
  gallery(manifest: GalleryManifest, theme: Theme, revision: string): Promise<DrawnPage> {
    return this.#once(`\0${revision}\0${theme}`, async () => {
      const root = './'
      const [{ renderGalleryPage }, assets] = await Promise.all([
        import('#client/render.tsx'),
        this.#assets.forGallery(root),
      ])
      return renderGalleryPage({ manifest, theme, root, assets })
    })
  }

  #once(key: string, draw: () => Promise<string>): Promise<DrawnPage> {
    let page = this.#drawn.get(key)
    if (page === undefined) {
      if (this.#drawn.size >= MAX_PAGES) this.#drawn.clear()
      page = draw().then(keep)
      this.#drawn.set(key, page)
      page.catch(() => this.#drawn.delete(key))
    }
    return page
  }
}

function keep(text: string): DrawnPage {
  const html = Buffer.from(text)
  const etag = `"${createHash('sha256').update(html).digest('base64url').slice(0, 22)}"`
  const page: DrawnPage = { etag, html, brotli: null }
  void toBrotli(html, 5).then((brotli) => {
    page.brotli = brotli
  })
  return page
}
