/** “API”: opens the guide to calling this space from code, which is fetched when somebody asks for it. */

import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { SpaceManifest } from '#core/manifest.ts'
import type { ApiGuide } from './api-guide.tsx'
import { Icon } from './icons.tsx'

export function ApiButton({ manifest }: { manifest: SpaceManifest }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const guide = useSignal<{ Guide: typeof ApiGuide } | null>(null)
  const open = async () => {
    const { ApiGuide: Guide } = await import('./api-guide.tsx')
    guide.value = { Guide }
    dialog.current?.showModal()
  }
  const Guide = guide.value?.Guide
  const close = () => dialog.current?.close()
  return (
    <>
      <button type="button" class="button quiet" aria-haspopup="dialog" aria-label="API" onClick={open}>
        <Icon name="code" />
        <span class="word">API</span>
      </button>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself; the click is for its backdrop */}
      <dialog
        ref={dialog}
        class="dialog api"
        aria-labelledby="api-title"
        onClick={(event) => event.target === dialog.current && close()}
      >
        {Guide && <Guide manifest={manifest} base={new URL('.', location.href).href} close={close} />}
      </dialog>
    </>
  )
}
