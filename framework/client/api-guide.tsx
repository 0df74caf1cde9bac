/** How to call this space from code, with its own fields, ready to copy. */

import { useSignal } from '@preact/signals'
import type { SpaceManifest } from '#core/manifest.ts'
import { CopyButton } from '#ui/copy-button.tsx'
import { Icon } from './icons.tsx'
import { snippetsOf } from './snippets.ts'

export function ApiGuide({ manifest, base, close }: { manifest: SpaceManifest; base: string; close: () => void }) {
  const snippets = snippetsOf(manifest, base)
  const chosen = useSignal(0)
  const snippet = snippets[chosen.value]
  return (
    <>
      <div class="head">
        <h2 id="api-title">Use it from code</h2>
        <button type="button" class="icon-button" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </div>
      <div class="body">
        <ul class="chips" aria-label="Language">
          {snippets.map(({ name }, index) => (
            <li key={name}>
              <button
                type="button"
                class="chip"
                aria-pressed={index === chosen.value}
                onClick={() => {
                  chosen.value = index
                }}
              >
                {name}
              </button>
            </li>
          ))}
        </ul>
        {snippet && <Snippet key={snippet.name} {...snippet} />}
      </div>
    </>
  )
}

function Snippet({ code, about }: { code: string; about: string }) {
  return (
    <div class="snippet">
      <p class="soft">{about}</p>
      <CopyButton text={() => code} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <pre tabIndex={0}>{code}</pre>
    </div>
  )
}
