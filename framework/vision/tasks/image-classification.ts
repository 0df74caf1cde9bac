/** What is in the picture: classes with scores, as Transformers' `ImageClassificationPipeline` gives them. */

import { CallOptions } from '../arguments.ts'
import { pictureFeeds } from '../feeds.ts'
import { SCORE_FUNCTIONS, type ScoreFunction, scoresOf, topClasses } from '../heads/classes.ts'
import { openFitted } from '../processors/fit.ts'
import { defineTask, type Model } from '../task.ts'

export interface ImageClassificationOptions {
  /** How many classes at most, best first; null for all. Default 5. */
  top_k?: number | null
  /** Default: sigmoid for models of several labels or of one logit, else softmax. */
  function_to_apply?: ScoreFunction
}

export default defineTask({
  task: 'image-classification',
  async open(model) {
    const { session, processor } = await openFitted(model)
    return {
      async run([image, given], context) {
        const options = new CallOptions(given)
        const count = options.all.top_k === null ? Infinity : options.number('top_k', 5, { min: 1, integer: true })
        const apply = options.oneOfAnyCase('function_to_apply', SCORE_FUNCTIONS)
        const pixels = await context.pixels(image, 'image', processor)
        const feeds = await context.time('preprocess', () => pictureFeeds(session, processor.process(pixels)))
        const outputs = await context.time('run', () => session.run(feeds, { signal: context.signal }))
        return context.time('postprocess', () => {
          const { data, dims } = session.floats(outputs, 'logits', session.outputs[0]?.name ?? 'logits')
          if (dims.filter((dim) => dim !== 1).length > 1)
            throw model.broken(session.file, `expected scores [1, classes], got [${dims.join(', ')}]`)
          return topClasses(scoresOf(data, apply ?? usualFunction(model, data.length)), count, model.label)
        })
      },
    }
  },
})

function usualFunction({ config }: Model, classes: number): ScoreFunction {
  return config.problem_type === 'multi_label_classification' || classes === 1 ? 'sigmoid' : 'softmax'
}
