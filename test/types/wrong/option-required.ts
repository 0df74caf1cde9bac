// says: Expected 1 arguments, but got 0
import { Dropdown, Number, space } from 'spaces'

export default space({
  title: 'A list without its choices',
  inputs: { a: Dropdown() },
  outputs: { b: Number() },
  run: () => ({ b: 1 }),
})
