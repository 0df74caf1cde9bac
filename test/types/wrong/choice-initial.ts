// says: Type '"c"' is not assignable to type '"a" | "b"'
import { Dropdown } from 'spaces'

export default Dropdown({ choices: ['a', 'b'], initial: 'c' })
