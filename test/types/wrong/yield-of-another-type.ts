// says: Type 'string' is not assignable to type 'number'
import { Number, space } from 'spaces'

export default space({
  title: 'A stream yields text where a number belongs',
  inputs: { a: Number() },
  outputs: { b: Number() },
  async *run({ a }) {
    yield { b: 'soon' }
    return { b: a }
  },
})
