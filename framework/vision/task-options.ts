/** Options of calls that nobody knows: a misspelt one is refused in place of doing nothing. */

import { expected } from '#core/errors.ts'
import { nearest } from '#core/nearest.ts'
import { isRecord } from './arguments.ts'
import { isPixelData } from './media/pixel-data.ts'
import { ALWAYS, BESIDE, GENERATION, GENERATION_BESIDE, NESTED, OPTIONS, SECOND } from './option-names.ts'
import { TASKS, type TaskName } from './tasks.ts'

/** @throws SpaceError `invalid-value` naming the first option that the task does not have, and what was meant */
export function checkCall(task: TaskName, args: readonly unknown[]): void {
  const options = args[placeOfOptions(task, args)]
  if (!isRecord(options)) return
  const own = Object.keys(OPTIONS[task])
  const generates = 'max_new_tokens' in OPTIONS[task]
  const beside = [SECOND[task] ?? [], BESIDE[task] ?? [], ALWAYS, generates ? [...NESTED, ...GENERATION_BESIDE] : []]
  refuseStray(task, options, own, beside.flat())
  for (const name of generates ? NESTED : []) {
    const nested = options[name]
    if (isRecord(nested))
      refuseStray(name, nested, Object.keys(GENERATION), [...GENERATION_BESIDE, 'generation_config'])
  }
}

function placeOfOptions(task: TaskName, [, second]: readonly unknown[]): number {
  if (!TASKS[task].hasSubject) return 0
  return SECOND[task] === undefined || (isRecord(second) && !isPixelData(second)) ? 1 : 2
}

/** What does here what these do elsewhere. */
const INSTEAD: Readonly<Record<string, string>> = {
  streamer: 'Give onProgress, or use streamed(), to have the text while it is written.',
  stopping_criteria: 'Give stop_strings, max_time or signal.',
  generator: 'Give seed.',
}

/** @param own - the names that a message lists. @param beside - further ones that are known */
export function refuseStray(of: string, given: object, own: readonly string[], beside: readonly string[] = []): void {
  for (const [name, value] of Object.entries(given)) {
    // What is undefined or null was left out.
    if ((value ?? null) === null || own.includes(name) || beside.includes(name)) continue
    const takes = own.length > 0 ? `${of} takes ${own.join(', ')}.` : `${of} has no options of its own.`
    throw expected(
      name,
      `an option of ${of}`,
      value,
      [INSTEAD[name] ?? nearest(name, [...own, ...beside]), takes].filter(Boolean).join(' '),
    )
  }
}
