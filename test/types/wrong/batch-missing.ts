// says: Property 'batch' is missing
import { batched, Number } from 'spaces'

export default batched({
  title: 'A batch without its size',
  inputs: { a: Number() },
  outputs: { b: Number() },
  run: (rows) => rows.map(({ a }) => ({ b: a })),
})
