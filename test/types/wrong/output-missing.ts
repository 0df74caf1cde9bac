// says: Property 'c' is missing
import { Number, space } from 'spaces'

export default space({
  title: 'An output is never produced',
  inputs: { a: Number() },
  outputs: { b: Number(), c: Number() },
  run: ({ a }) => ({ b: a }),
})
