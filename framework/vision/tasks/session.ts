/** A graph alone, for `openSession`: `run(feeds)` gives its outputs, `run()` says what it takes and gives. */

import { checkFeeds } from '../onnx/check.ts'
import { defineTask, type Feeds, type Session } from '../task.ts'

/** What the caller's side knows of a session. */
export type SessionFacts = Pick<Session, 'file' | 'inputs' | 'outputs'>

export default defineTask({
  task: 'session',
  async open(model, { graph }) {
    const session = await model.session(graph as string)
    const { file, inputs, outputs } = session
    return {
      async run([feeds], context) {
        if (feeds === undefined) return { file, inputs, outputs } satisfies SessionFacts
        checkFeeds(feeds)
        return context.time('run', () => session.run(feeds as Feeds, { signal: context.signal }))
      },
    }
  },
})
