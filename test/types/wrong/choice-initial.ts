// says: is not assignable to type '"a" | "b" | null'
import { Dropdown } from 'spaces'

export default Dropdown({ choices: ['a', 'b'], initial: 'c' })
