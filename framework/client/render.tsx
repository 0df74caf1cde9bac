/** Draws whole documents on the server. The browser's half, `main.tsx` and `gallery.tsx`, wakes the same markup up. */

import type { ComponentChild } from 'preact'
import { renderToString } from 'preact-render-to-string'
import type { GalleryManifest, SpaceManifest } from '#core/manifest.ts'
import { GalleryPage } from './gallery-page.tsx'
import { SpacePage } from './page.tsx'
import { createStore } from './store.ts'
import type { Theme } from './theme.tsx'
import { kindsOf, loadViews } from './views.ts'

export { THEME_COOKIE, type Theme } from './theme.tsx'

/** Addresses as they are to stand in the document. */
export interface Assets {
  /** Modules that run. */
  readonly scripts: readonly string[]
  /** Modules that will be imported, fetched early. */
  readonly preloads: readonly string[]
  readonly styles: readonly string[]
}

export interface SpaceDocument {
  readonly manifest: SpaceManifest
  /** What the visitor chose; null follows the system. */
  readonly theme: Theme
  /** Relative way to the server's root: `./`, or `../` in a gallery. */
  readonly root: string
  readonly assets: Assets
  /** Title of the gallery that the space is in. */
  readonly breadcrumb: string | null
}

export interface GalleryDocument {
  readonly manifest: GalleryManifest
  readonly theme: Theme
  readonly root: string
  readonly assets: Assets
}

/** The page of a space, as a whole HTML document. Rejects where a kind of its fields has no view. */
export async function renderSpacePage({ assets, ...data }: SpaceDocument): Promise<string> {
  await loadViews(kindsOf(data.manifest))
  const body = <SpacePage store={createStore(data.manifest)} data={data} />
  return wrap(body, data, { title: data.manifest.title, summary: plain(data.manifest.summary) }, assets)
}

/** The index of a gallery, as a whole HTML document. */
export async function renderGalleryPage({ assets, ...data }: GalleryDocument): Promise<string> {
  const { title, spaces } = data.manifest
  return wrap(
    <GalleryPage data={data} />,
    data,
    { title, summary: spaces.map((card) => card.title).join(', ') },
    assets,
  )
}

function wrap(
  body: ComponentChild,
  data: { theme: Theme },
  about: { title: string; summary: string },
  assets: Assets,
): string {
  const { theme } = data
  const document = (
    <html lang="en" data-theme={theme ?? undefined}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <title>{about.title}</title>
        {about.summary && <meta name="description" content={about.summary} />}
        <meta name="color-scheme" content={theme ?? 'light dark'} />
        <link rel="icon" href={ICON} />
        {assets.styles.map((href) => (
          <link key={href} rel="stylesheet" href={href} />
        ))}
        {assets.preloads.map((href) => (
          <link key={href} rel="modulepreload" href={href} />
        ))}
        {assets.scripts.map((src) => (
          <script key={src} type="module" src={src} />
        ))}
      </head>
      <body>
        <div id="app">{body}</div>
        <script id="data" type="application/json" dangerouslySetInnerHTML={{ __html: json(data) }} />
      </body>
    </html>
  )
  return `<!doctype html>${renderToString(document)}`
}

/** JSON without “<”, which cannot end the element that it stands in. */
const json = (data: unknown) => JSON.stringify(data).replaceAll('<', '\\u003c')

const plain = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&amp;/g, '&')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, '’')
    .replace(/\s+/g, ' ')
    .trim()

/** The mark of the bar, so that no second request is made for it. */
const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><defs><linearGradient id="a" x2="1" y2="1"><stop stop-color="#00aaa7"/><stop offset=".45" stop-color="#8b6fe8"/><stop offset="1" stop-color="#f25f5c"/></linearGradient></defs><rect width="20" height="20" rx="6" fill="url(#a)"/></svg>',
)}`
