// says: "\"d\" is not declared in outputs"
import { Number, space } from 'spaces'

export default space({
  title: 'A stream yields an output nobody declared',
  inputs: { a: Number() },
  outputs: { b: Number() },
  async *run({ a }) {
    yield { d: 2, b: 1 }
    return { b: a }
  },
})
