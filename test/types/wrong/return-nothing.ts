// says: is not assignable to type
import { Number, space } from 'spaces'

export default space({
  title: 'A task that answers nothing',
  inputs: { a: Number() },
  outputs: { b: Number() },
  run({ a }) {
    console.log(a)
  },
})
