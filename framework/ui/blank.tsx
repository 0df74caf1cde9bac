import type { FieldState } from '#core/component.ts'

/**
 * What stands where a result will be: words before a run, a shimmer of the same size while it works.
 * @param size - as high as the result may be expected to be
 */
export function Blank(props: { state: FieldState; size?: 'line' | 'block' | 'picture'; children: string }) {
  const { state, size = 'block', children } = props
  const busy = state === 'waiting' || state === 'running'
  return (
    <div class={`blank ${size}${busy ? ' busy' : ''}`} aria-busy={busy}>
      {busy ? null : <p>{children}</p>}
    </div>
  )
}
