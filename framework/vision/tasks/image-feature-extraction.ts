/**
 * What the model makes of the picture: `pipe(image, options)` -> a float32 tensor, the last hidden state
 * (`[1, tokens, dimensions]` or `[1, channels, height, width]`) or one pooled vector (`[1, dimensions]`).
 * `cosineSimilarity` in `heads/similarity.ts` compares two of them.
 */

import { CallOptions } from '../arguments.ts'
import { pictureFeeds, runGraph } from '../feeds.ts'
import { fitted } from '../processors/fit.ts'
import { defineTask, type Model, type Session, type Tensor } from '../task.ts'
import { openTokenizer } from '../text/tokenizer.ts'

export interface ImageFeatureExtractionOptions {
  /** One vector for the whole picture. Default false. */
  pool?: boolean
}

const POOLED = ['pooler_output', 'image_embeds', 'pooled_output']
const UNPOOLED = ['last_hidden_state', 'image_embeds', 'logits']

export default defineTask({
  task: 'image-feature-extraction',
  async open(model) {
    const [session, own] = await Promise.all([imageSession(model), model.processor()])
    const processor = fitted(own, session)
    const text = session.wants('input_ids') ? (await openTokenizer(model)).batch(['']) : {}
    return {
      async run([image, given], context): Promise<Tensor<'float32'>> {
        const pool = new CallOptions(given).boolean('pool', false)
        const names = outputNames(session, pool)
        if (names.length === 0) throw model.broken(session.file, noPooling(session))
        const pixels = await context.pixels(image, 'image', processor)
        const processed = await context.time('preprocess', () => processor.process(pixels))
        const outputs = await runGraph(session, { ...pictureFeeds(session, processed), ...text }, context)
        return session.floats(outputs, ...names)
      },
    }
  },
})

/** Models of pictures and text mostly have their picture half in a file of its own; else they are given no words. */
async function imageSession(model: Model): Promise<Session> {
  if (model.hasSession('vision_model')) return model.session('vision_model')
  return model.session()
}

/** Of several unpooled outputs Python takes the one that the model has first: of CLIP with a projection, the embedding. */
function outputNames(session: Session, pool: boolean): string[] {
  const names = session.outputs.map(({ name }) => name)
  if (pool) return POOLED.filter((name) => names.includes(name))
  return [...names.filter((name) => UNPOOLED.includes(name)), ...names.slice(0, 1)]
}

const noPooling = ({ outputs }: Session) =>
  `expected an output ${POOLED.join(' or ')} for pool: true, got ${outputs.map(({ name }) => name).join(', ')}`
