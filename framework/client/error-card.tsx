/** An error as the visitor sees it: what was expected, what came, what to do, and a reference for the author. */

import type { PublicError } from '#core/errors.ts'
import { Icon } from './icons.tsx'

export function ErrorCard({ error }: { error: PublicError }) {
  const { title, message, hint, reference, frame } = error
  return (
    <div class="error">
      <h3>
        <Icon name="alert" />
        {title}
      </h3>
      <p>
        {message} {hint}
      </p>
      {frame && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <pre tabIndex={0}>{frame}</pre>
      )}
      {reference && <code>Reference {reference}</code>}
    </div>
  )
}
