// says: is missing
import { Image, Number, space } from 'spaces'

export default space({
  title: 'A component that was not called',
  inputs: { a: Image },
  outputs: { b: Number() },
  run: () => ({ b: 1 }),
})
