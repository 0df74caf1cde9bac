// says: Property 'classify' does not exist on type '{ detect
import { Number, space } from 'spaces'

export default space({
  title: 'Something that setup never gave',
  inputs: { a: Number() },
  outputs: { b: Number() },
  setup: () => ({ detect: (x: number) => x }),
  run: ({ a }, { shared }) => ({ b: shared.classify(a) }),
})
