// Programs that must compile, and what they must infer. Checked by `tsc`; nothing here runs.

import { batched, Dropdown, Image, Number, optional, space } from 'spaces'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
/** `is<number>()(value, true)` compiles only if `value` is exactly a number. */
const is =
  <T>() =>
  <U>(_value: U, _equal: Equal<T, U>): void => {}

export const inferred = space({
  title: 'Inputs, choices, options and what setup gave',
  inputs: { a: Image(), b: Dropdown({ choices: ['x', 'y'] }), c: optional(Image()), d: Number({ min: 0, max: 1 }) },
  outputs: { b: Dropdown({ choices: ['x', 'y'] }), e: optional(Number()) },
  setup: async () => 5,
  run({ a, b, c, d }, { shared, signal }) {
    is<Image>()(a, true)
    is<'x' | 'y'>()(b, true)
    is<Image | null>()(c, true)
    is<number>()(d, true)
    is<number>()(shared, true)
    is<AbortSignal>()(signal, true)
    return { b: 'x', e: null }
  },
})

export const streamed = space({
  title: 'A stream may yield some outputs and must return all',
  inputs: { a: Number() },
  outputs: { b: Number(), c: Image() },
  async *run({ a }, { progress }) {
    for (const step of progress.over([1, 2, 3], 'Counting')) yield { b: a + step }
    return { b: a, c: 'picture.png' }
  },
})

export const gathered = batched({
  title: 'Rows in, rows out',
  inputs: { a: Number() },
  outputs: { b: Number() },
  batch: { size: 8, waitMs: 2 },
  async run(rows) {
    is<readonly { a: number }[]>()(rows, true)
    return rows.map(({ a }) => ({ b: a * 2 }))
  },
})

export const bare = space({
  title: 'No inputs at all',
  inputs: {},
  outputs: { now: Number() },
  run: () => ({ now: 1 }),
})
