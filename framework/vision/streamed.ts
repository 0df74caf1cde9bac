/** Answers as they grow, for pages that show a text while it is written. */

import type { OnProgress } from './task.ts'

/**
 * The answer of a call as it grows, token by token where a model writes; last the answer itself. What comes faster than it
 * is taken is left out but for the latest. Leaving the loop does not end the call: give it a `signal` for that.
 *
 * @example
 * for await (const [text] of streamed((onProgress) => caption(photo, { onProgress, signal })))
 *   yield { caption: text?.generated_text ?? '' }
 */
export async function* streamed<Answer>(
  call: (onProgress: OnProgress) => Promise<Answer>,
): AsyncGenerator<Answer, Answer> {
  let latest: { answer: Answer } | null = null
  let wake = () => {}
  const tell = (answer: Answer) => {
    latest = { answer }
    wake()
  }
  let settled = false
  const done = call((_fraction, _note, partial) => {
    if (partial !== undefined && partial !== null) tell(partial as Answer)
  }).finally(() => {
    settled = true
    wake()
  })
  // Heard below; a rejection meanwhile is not one that nobody handles.
  done.catch(() => {})
  while (!settled) {
    const next = latest as { answer: Answer } | null
    latest = null
    if (next) yield next.answer
    else await new Promise<void>((resolve) => (wake = resolve))
  }
  const answer = await done
  yield answer
  return answer
}
