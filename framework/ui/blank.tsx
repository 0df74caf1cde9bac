import type { FieldState } from '#core/component.ts'

/** What stands where a result will be: words before a run, a shimmer of the same size while it works. */
export function Blank({ state, children }: { state: FieldState; children: string }) {
  const busy = state === 'waiting' || state === 'running'
  return (
    <div class={busy ? 'blank busy' : 'blank'} aria-busy={busy}>
      {busy ? null : <p>{children}</p>}
    </div>
  )
}
