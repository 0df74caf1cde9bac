/** The page of one space: what goes in on one side, what comes out on the other. */

import type { SpaceManifest } from '#core/manifest.ts'
import { Actions } from './actions.tsx'
import { ApiButton } from './api-dialog.tsx'
import { Bar, Footer } from './bar.tsx'
import { Examples } from './examples.tsx'
import { InputField } from './field.tsx'
import { Announcer, Banner, BrokenCard } from './notices.tsx'
import { OutputPanel } from './output-panel.tsx'
import type { Store } from './store.ts'
import type { Theme } from './theme.tsx'
import { isVisible } from './views.ts'

/** What the server puts into the document for the page to wake up with. */
export interface PageData {
  readonly manifest: SpaceManifest
  readonly theme: Theme
  /** Relative way to the server's root: `./`, or `../` in a gallery. */
  readonly root: string
  /** Title of the gallery that the space is in. */
  readonly breadcrumb: string | null
}

export function SpacePage({ store, data }: { store: Store; data: PageData }) {
  const manifest = store.manifest.value
  const { title, summary, article, examples } = manifest
  const inputs = manifest.inputs.filter(isVisible)
  const { theme, root, breadcrumb } = data
  return (
    <>
      <Bar breadcrumb={breadcrumb} title={title} root={root} theme={theme}>
        <ApiButton manifest={manifest} />
      </Bar>
      <Banner store={store} />
      <main>
        <header class="intro">
          <h1>{title}</h1>
          {summary && <div class="prose" dangerouslySetInnerHTML={{ __html: summary }} />}
        </header>
        <BrokenCard store={store} />
        {inputs.length + examples.length > 0 ? (
          <div class="bench">
            <InputPanel store={store} />
            <OutputPanel store={store} />
          </div>
        ) : (
          <div class="bench alone">
            <Actions store={store} />
            <OutputPanel store={store} />
          </div>
        )}
        {article && <article class="prose" dangerouslySetInnerHTML={{ __html: article }} />}
        <Footer />
      </main>
      <Announcer store={store} />
    </>
  )
}

function InputPanel({ store }: { store: Store }) {
  const { inputs, examples } = store.manifest.value
  return (
    <section class="panel in" aria-label="Input">
      <header>
        <h2>Input</h2>
      </header>
      <div class="body">
        {inputs.filter(isVisible).map((field) => (
          <InputField key={`${field.name} ${field.kind}`} store={store} field={field} />
        ))}
        <Actions store={store} />
        {examples.length > 0 && <Examples store={store} />}
      </div>
    </section>
  )
}
