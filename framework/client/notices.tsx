/** What is said about the page as a whole: to screen readers, about the connection, about an edit that does not load. */

import { useComputed } from '@preact/signals'
import { ErrorCard } from './error-card.tsx'
import { announcement } from './run-state.ts'
import type { Store } from './store.ts'

/** Says each change of state once; the ticking clock and the bar beside it would chatter. */
export function Announcer({ store }: { store: Store }) {
  const words = useComputed(() => announcement(store.run.value))
  return (
    <div class="visually-hidden" role="status">
      {words}
    </div>
  )
}

/** Stays in sight however far the page is scrolled: whoever looks at the result must not take an old one for new. */
export function Banner({ store }: { store: Store }) {
  const isLost = store.connection.value === 'lost'
  const isBroken = store.broken.value !== null
  return (
    <div role="status" class={isLost || isBroken ? 'banner shown' : 'banner'}>
      {isLost ? (
        <p>
          <b>The connection is lost.</b> Everything on this page stays; it reconnects by itself.
        </p>
      ) : (
        isBroken && (
          <p>
            <b>The newest edit does not load.</b> This page goes on as it was before it.
          </p>
        )
      )}
    </div>
  )
}

export function BrokenCard({ store }: { store: Store }) {
  const error = store.broken.value
  return error && <ErrorCard error={error} />
}
