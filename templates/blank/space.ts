import { Image, space } from 'spaces'

export default space({
  title: 'My space',
  summary: 'Say in a sentence what goes in and what comes out.',
  inputs: { photo: Image({ label: 'Photo' }) },
  outputs: { result: Image({ label: 'Result' }) },

  run({ photo }) {
    return { result: photo.grayscale() }
  },

  examples: [{ photo: 'examples/photo.jpg' }],
})
