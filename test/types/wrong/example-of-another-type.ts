// says: Type 'number' is not assignable to type 'string'
import { Image, Number, space } from 'spaces'

export default space({
  title: 'An example gives a number for a picture’s path',
  inputs: { a: Image() },
  outputs: { b: Number() },
  examples: [{ a: 1 }],
  run: () => ({ b: 1 }),
})
