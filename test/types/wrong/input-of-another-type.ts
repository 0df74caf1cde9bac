// says: Property 'toUpperCase' does not exist on type 'number'
import { Number, space } from 'spaces'

export default space({
  title: 'A number taken for text',
  inputs: { a: Number() },
  outputs: { b: Number() },
  run: ({ a }) => ({ b: a.toUpperCase().length }),
})
