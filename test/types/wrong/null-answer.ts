// says: Type 'null' is not assignable to type 'number'
import { Number, space } from 'spaces'

export default space({
  title: 'Null for an output that is not optional',
  inputs: { a: Number() },
  outputs: { b: Number() },
  run: () => ({ b: null }),
})
