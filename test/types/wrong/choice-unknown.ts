// says: is not assignable to type '"x" | "y"'
import { Dropdown, Number, space } from 'spaces'

export default space({
  title: 'An answer that is not among the choices',
  inputs: { a: Number() },
  outputs: { b: Dropdown({ choices: ['x', 'y'] }) },
  run: () => ({ b: 'z' }),
})
