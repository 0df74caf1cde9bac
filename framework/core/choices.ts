/** What the components that offer a list of choices share: `Dropdown`, `Radio`. */

import type { Report } from './component.ts'

export type ChoiceValue = string | number

export interface Choice<V extends ChoiceValue = ChoiceValue> {
  readonly value: V
  /** What the visitor reads. */
  readonly label: string
}

/** Plain values, or values with another text to show. */
export type Choices<V extends ChoiceValue> = readonly (V | Choice<V>)[]

/** Gives every choice its label, and reports what is wrong with the list. */
export function normalizeChoices(choices: unknown, report: Report): readonly Choice[] {
  if (!Array.isArray(choices) || choices.length === 0) {
    report('choices', 'a list of at least one choice', choices)
    return []
  }
  const complete: Choice[] = []
  for (const choice of choices as unknown[]) {
    if (isValue(choice)) complete.push({ value: choice, label: `${choice}` })
    else if (isChoice(choice)) complete.push({ value: choice.value, label: choice.label })
    else report('choices', 'texts, numbers or { value, label }', choice)
  }
  if (new Set(complete.map(({ value }) => value)).size < complete.length)
    report('choices', 'choices that differ', choices)
  return complete
}

/** Reports an initial value that is not among the choices. */
export function checkInitial(initial: unknown, choices: readonly Choice[], report: Report): void {
  if (!choices.some(({ value }) => value === initial))
    report('initial', `one of ${choices.map(({ value }) => value).join(', ')}`, initial)
}

const isValue = (value: unknown): value is ChoiceValue =>
  typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))

function isChoice(value: unknown): value is Choice {
  return (
    typeof value === 'object' &&
    value !== null &&
    'value' in value &&
    isValue(value.value) &&
    'label' in value &&
    typeof value.label === 'string'
  )
}
