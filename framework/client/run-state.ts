/** Where the one run that the page shows stands, and the words for it. */

import type { PublicError } from '#core/errors.ts'

export type RunState =
  | { readonly at: 'idle' }
  /** The run waits for files that are still on their way to the server. */
  | { readonly at: 'uploading' }
  | { readonly at: 'queued'; readonly position: number; readonly etaMs: number | null }
  | {
      readonly at: 'running'
      /** `performance.now()` of this page. */
      readonly since: number
      /** 0..1, null until the task reports. */
      readonly fraction: number | null
      readonly note: string
      readonly etaMs: number | null
    }
  | { readonly at: 'done'; readonly elapsedMs: number }
  | { readonly at: 'failed'; readonly error: PublicError }
  | { readonly at: 'cancelled' }

export const isBusy = ({ at }: RunState) => at === 'uploading' || at === 'queued' || at === 'running'

/** `38 ms`, `1.2 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

/** An estimate is rounded up to what it is worth: `about 4 s`. */
export function estimate(ms: number): string {
  const seconds = Math.max(1, Math.ceil(ms / 1000))
  return seconds < 90 ? `about ${seconds} s` : `about ${Math.round(seconds / 60)} min`
}

/** `1st`, `2nd`, `3rd`, `11th`. */
export function ordinal(position: number): string {
  const tens = position % 100
  const ending = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][position % 10] ?? 'th')
  return `${position}${ending}`
}

/** What a screen reader is told when the state changes; nothing where it would only chatter. */
export function announcement(state: RunState): string {
  switch (state.at) {
    case 'uploading':
      return 'Uploading.'
    case 'queued':
      return `Waiting, your place is ${ordinal(state.position)}.`
    case 'running':
      return 'Running.'
    case 'done':
      return `Done in ${duration(state.elapsedMs)}.`
    case 'failed':
      return `Failed. ${state.error.title}. ${state.error.message} ${state.error.hint}`
    case 'cancelled':
      return 'Cancelled.'
    case 'idle':
      return ''
  }
}
