import { Number, space } from 'spaces'

/** The cheapest task there is: what remains is the cost of the framework. */
export default space({
  title: 'No-op',
  inputs: { x: Number({ initial: 1 }) },
  outputs: { x: Number() },
  run: ({ x }) => ({ x }),
})
