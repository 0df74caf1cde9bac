/** What the page gives to a view, for tests that draw one without a page. */

import type { AnyComponent, ViewProps } from '#core/component.ts'
import type { AnyField } from '#core/field.ts'

export interface Recorded {
  readonly values: unknown[]
  readonly events: string[]
  readonly problems: (string | null)[]
}

/** @param record - gathers what the view reports. */
export function viewProps<C extends AnyComponent = AnyComponent>(
  field: AnyField,
  about: Partial<ViewProps<C>> = {},
  record: Recorded = { values: [], events: [], problems: [] },
): ViewProps<C> {
  return {
    id: 'it',
    label: field.options.label ?? 'The field',
    value: null,
    options: field.options as ViewProps<C>['options'],
    readOnly: false,
    state: 'idle',
    problem: null,
    describedBy: undefined,
    set: (value) => void record.values.push(value),
    emit: (event) => void record.events.push(event),
    complain: (problem) => void record.problems.push(problem),
    urlOf: ({ id, name }) => `files/${id}/${name}`,
    upload: () => Promise.reject(new Error('this test uploads nothing')),
    maxBytes: 20e6,
    ...about,
  }
}
