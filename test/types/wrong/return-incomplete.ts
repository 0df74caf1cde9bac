// says: Property 'c' is missing
import { Number, space } from 'spaces'

export default space({
  title: 'The last answer of a stream leaves an output out',
  inputs: { a: Number() },
  outputs: { b: Number(), c: Number() },
  async *run({ a }) {
    yield { b: a }
    return { b: a }
  },
})
