// says: is not assignable to type 'Awaitable<readonly { b: number; }[]>'
import { batched, Number } from 'spaces'

export default batched({
  title: 'A batch that answers with one row',
  inputs: { a: Number() },
  outputs: { b: Number() },
  batch: { size: 2, waitMs: 1 },
  run: (rows) => ({ b: rows.length }),
})
