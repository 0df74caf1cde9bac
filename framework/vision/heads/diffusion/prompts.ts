/** The texts of a call: what each picture should show, and what not. */

import { expected } from '#core/errors.ts'
import type { CallOptions } from '../../arguments.ts'
import { MOST_PICTURES } from './options.ts'

/** What one picture is asked for. */
export interface Asked {
  readonly text: string
  /** Null where the call says nothing. */
  readonly not: string | null
  /** For the second encoder, where it reads something else. */
  readonly text2: string
  readonly not2: string | null
}

/** One for each picture, those of a prompt next to each other. @throws SpaceError `invalid-value` */
export function readPrompts(prompt: unknown, options: CallOptions): Asked[] {
  const texts = Array.isArray(prompt) ? prompt : [prompt]
  if (texts.length === 0 || !texts.every((text): text is string => typeof text === 'string'))
    throw expected('prompt', 'a prompt, or a list of prompts', prompt, 'Say what the picture should show.')
  const each = options.number('num_images_per_prompt', 1, { min: 1, max: MOST_PICTURES, integer: true })
  const given = (name: string) => textsFor(options, name, texts.length)
  const [not, text2, not2] = [given('negative_prompt'), given('prompt_2'), given('negative_prompt_2')]
  return texts.flatMap((text, i) => {
    const against = not?.[i] ?? null
    const asked = { text, not: against, text2: text2?.[i] || text, not2: not2?.[i] || against }
    return Array.from({ length: each }, () => asked)
  })
}

/** One text for all prompts, or one for each. */
function textsFor(options: CallOptions, name: string, count: number): readonly string[] | null {
  const given = options.get(name)
  if (given === undefined) return null
  const texts: unknown[] = Array.isArray(given) ? given : new Array(count).fill(given)
  if (texts.length === count && texts.every((text): text is string => typeof text === 'string')) return texts
  throw expected(name, 'a text, or one for each prompt', given)
}
