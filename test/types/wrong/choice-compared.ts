// says: have no overlap
import { Dropdown, Number, space } from 'spaces'

export default space({
  title: 'A choice compared with something it never is',
  inputs: { style: Dropdown({ choices: ['mosaic', 'candy'] }) },
  outputs: { b: Number() },
  run: ({ style }) => ({ b: style === 'udnie' ? 1 : 0 }),
})
