// says: 'photo' is possibly 'null'
import { Image, Number, optional, space } from 'spaces'

export default space({
  title: 'An optional input used without a look',
  inputs: { photo: optional(Image()) },
  outputs: { b: Number() },
  run: ({ photo }) => ({ b: photo.width }),
})
