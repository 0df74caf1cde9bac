// says: 'lable' does not exist
import { Image, Number, space } from 'spaces'

export default space({
  title: 'A misspelt option',
  inputs: { a: Image({ lable: 'Photo' }) },
  outputs: { b: Number() },
  run: () => ({ b: 1 }),
})
