// says: Type 'string' is not assignable to type 'number'
import { Number, space } from 'spaces'

export default space({
  title: 'Text where a number belongs',
  inputs: { a: Number() },
  outputs: { b: Number() },
  run: ({ a }) => ({ b: String(a) }),
})
