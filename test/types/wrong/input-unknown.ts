// says: Property 'z' does not exist
import { Number, space } from 'spaces'

export default space({
  title: 'An input that is not there',
  inputs: { a: Number() },
  outputs: { b: Number() },
  run: ({ z }) => ({ b: z }),
})
