/** The index of a gallery: a card for each space, with search and filters. Without scripts it is a list of links. */

import { useComputed, useSignal } from '@preact/signals'
import type { GalleryCard, GalleryManifest } from '#core/manifest.ts'
import { Bar, Footer } from './bar.tsx'
import { thumbUrl } from './files.ts'
import { Icon } from './icons.tsx'
import type { Theme } from './theme.tsx'

export interface GalleryData {
  readonly manifest: GalleryManifest
  readonly theme: Theme
  readonly root: string
}

export function GalleryPage({ data: { manifest, theme, root } }: { data: GalleryData }) {
  const { title, spaces } = manifest
  const query = useSignal('')
  const tag = useSignal<string | null>(null)
  const found = useComputed(() => spaces.filter((card) => fits(card, query.value, tag.value))).value
  const tags = tellingTags(spaces)
  return (
    <>
      <Bar breadcrumb={null} title={title} root={root} theme={theme} />
      <main>
        <header class="intro">
          <h1>{title}</h1>
          <p>Pick one and try it. Each is one TypeScript file.</p>
        </header>
        {spaces.length > 1 && (
          <search class="filters">
            <label class="search">
              <Icon name="search" />
              <span class="visually-hidden">Search</span>
              <input
                class="input"
                type="search"
                placeholder="Search"
                onInput={({ currentTarget }) => {
                  query.value = currentTarget.value
                }}
              />
            </label>
            {tags.length > 0 && (
              <ul class="chips" aria-label="Only those under">
                {[null, ...tags].map((name) => (
                  <li key={name}>
                    <button
                      type="button"
                      class="chip"
                      aria-pressed={tag.value === name}
                      onClick={() => {
                        tag.value = name
                      }}
                    >
                      {name === null ? 'All' : capital(name)}
                      <span class="num soft">{name === null ? spaces.length : count(spaces, name)}</span>
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </search>
        )}
        <p class="visually-hidden" role="status">
          {found.length === spaces.length ? '' : `${found.length} of ${spaces.length} shown`}
        </p>
        <ul class="grid">
          {found.map((card) => (
            <li key={card.slug}>
              <Card card={card} />
            </li>
          ))}
        </ul>
        {found.length === 0 && <p class="nothing">Nothing here is called that. Try another word.</p>}
        <Footer />
      </main>
    </>
  )
}

function Card({ card: { slug, title, summary, cover, note, problem } }: { card: GalleryCard }) {
  const home = `./${slug}/`
  return (
    <a class="card" href={home}>
      {cover ? (
        <img class="cover" src={home + thumbUrl(cover, 640)} alt="" width="640" height="400" loading="lazy" />
      ) : (
        <span class="cover letter" aria-hidden="true" style={{ '--turn': turnOf(slug) }}>
          {title.charAt(0)}
        </span>
      )}
      <span class="text">
        <h2>{title}</h2>
        {problem ? <span class="problem">Does not load: {problem}</span> : <span class="summary">{summary}</span>}
        <small>{note}</small>
      </span>
    </a>
  )
}

function fits({ title, summary, note, slug, tags }: GalleryCard, query: string, tag: string | null): boolean {
  if (tag !== null && !tags.includes(tag)) return false
  const text = [title, summary, note, slug, ...tags].join(' ').toLowerCase()
  return query
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

const count = (spaces: readonly GalleryCard[], tag: string) => spaces.filter(({ tags }) => tags.includes(tag)).length

/** Tags that tell spaces apart: not in all of them. The commonest first, at most six. */
function tellingTags(spaces: readonly GalleryCard[]): string[] {
  const tags = [...new Set(spaces.flatMap(({ tags }) => tags))].filter((tag) => count(spaces, tag) < spaces.length)
  return tags.sort((a, b) => count(spaces, b) - count(spaces, a)).slice(0, 6)
}

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

/** A hue of its own for a space without a picture, the same at every visit. */
function turnOf(slug: string): number {
  let sum = 0
  for (const letter of slug) sum = (sum * 31 + letter.charCodeAt(0)) % 360
  return sum
}
