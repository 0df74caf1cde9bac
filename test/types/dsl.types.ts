import { batched, Dropdown, Image, Number, optional, space } from 'spaces'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const is =
  <T>() =>
  <U>(_: U, __: Equal<T, U>): void => {}

space({
  title: 'given',
  inputs: { a: Image(), b: Dropdown({ choices: ['x', 'y'] }), c: optional(Image()), d: Number({ min: 0, max: 1 }) },
  outputs: { b: Dropdown({ choices: ['x', 'y'] }) },
  setup: async () => 5,
  run({ a, b, c, d }, { shared }) {
    is<Image>()(a, true)
    is<'x' | 'y'>()(b, true)
    is<Image | null>()(c, true)
    is<number>()(d, true)
    is<number>()(shared, true)
    return { b: 'x' }
  },
})
// @ts-expect-error "bb" is not declared in outputs
space({ title: '', inputs: { a: Number() }, outputs: { b: Number() }, run: ({ a }) => ({ b: a, bb: 1 }) })
// @ts-expect-error wrong option
Image({ lable: 'x' })
// @ts-expect-error missing c
space({ title: '', inputs: { a: Number() }, outputs: { b: Number(), c: Number() }, run: ({ a }) => ({ b: a }) })
batched({
  title: '',
  inputs: { a: Number() },
  outputs: { b: Number() },
  batch: { size: 2, waitMs: 1 },
  // @ts-expect-error a batch returns rows
  run: (rows) => ({ b: rows.length }),
})
// @ts-expect-error choices
Dropdown({ choices: ['a'], initial: 'b' })
