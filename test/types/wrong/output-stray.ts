// says: "\"bb\" is not declared in outputs"
import { Number, space } from 'spaces'

export default space({
  title: 'An output nobody declared',
  inputs: { a: Number() },
  outputs: { b: Number() },
  run: ({ a }) => ({ b: a, bb: 1 }),
})
