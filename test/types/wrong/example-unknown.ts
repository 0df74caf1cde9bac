// says: 'aa' does not exist
import { Number, space } from 'spaces'

export default space({
  title: 'An example names an input that is not there',
  inputs: { a: Number() },
  outputs: { b: Number() },
  examples: [{ aa: 1 }],
  run: ({ a }) => ({ b: a }),
})
