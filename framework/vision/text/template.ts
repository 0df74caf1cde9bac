/** Sentences that labels are put into. */

import { expected } from '#core/errors.ts'

const PLACES = /\{\{|\}\}|\{0?\}/g

/**
 * Each label in the sentence, as Python's `str.format` does it: at `{}` or `{0}`; `{{` and `}}` are braces.
 * @throws SpaceError `invalid-value` where the sentence has no place for a label
 */
export function inTemplate(template: string, labels: readonly string[]): string[] {
  const places = template.match(PLACES) ?? []
  if (!places.some((place) => place === '{}' || place === '{0}'))
    throw expected('hypothesis_template', 'a text with {} in it', template)
  return labels.map((label) =>
    template.replace(PLACES, (place) => (place === '{{' ? '{' : place === '}}' ? '}' : label)),
  )
}
