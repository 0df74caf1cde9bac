// says: 'summery' does not exist
import { Number, space } from 'spaces'

export default space({
  title: 'A misspelt key',
  summery: 'Counts.',
  inputs: { a: Number() },
  outputs: { b: Number() },
  run: ({ a }) => ({ b: a }),
})
