// says: Property 'title' is missing
import { Number, space } from 'spaces'

export default space({
  inputs: { a: Number() },
  outputs: { b: Number() },
  run: ({ a }) => ({ b: a }),
})
