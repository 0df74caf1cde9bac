/** What is in the picture: classes with scores, as Transformers' `ImageClassificationPipeline` gives them. */

import { expected } from '#core/errors.ts'
import { type ScoreFunction, scoresOf, topClasses } from '../heads/classes.ts'
import { defineTask, type Model } from '../task.ts'

export interface ImageClassificationOptions {
  /** How many classes at most, best first. Default 5. */
  top_k?: number
  /** Default: sigmoid for models of several labels or of one logit, else softmax. */
  function_to_apply?: ScoreFunction
}

const FUNCTIONS: readonly ScoreFunction[] = ['softmax', 'sigmoid', 'none']

export default defineTask({
  task: 'image-classification',
  async open(model) {
    const [session, processor] = await Promise.all([model.session(), model.processor()])
    return {
      async run([image, options], context) {
        const { top_k, function_to_apply } = readOptions(options)
        const pixels = await context.pixels(image)
        const { pixel_values } = await context.time('preprocess', () => processor.process(pixels))
        const outputs = await context.time('run', () => session.run({ pixel_values }, { signal: context.signal }))
        return context.time('postprocess', () => {
          const { data } = session.floats(outputs, 'logits')
          const apply = function_to_apply ?? usualFunction(model, data.length)
          return topClasses(scoresOf(data, apply), top_k, model.label)
        })
      },
    }
  },
})

function usualFunction({ config }: Model, classes: number): ScoreFunction {
  return config.problem_type === 'multi_label_classification' || classes === 1 ? 'sigmoid' : 'softmax'
}

function readOptions(options: unknown): { top_k: number; function_to_apply: ScoreFunction | undefined } {
  const { top_k = 5, function_to_apply } = (options ?? {}) as ImageClassificationOptions
  if (!(Number.isInteger(top_k) && top_k >= 1)) throw expected('top_k', 'a whole number above 0', top_k)
  if (function_to_apply !== undefined && !FUNCTIONS.includes(function_to_apply)) {
    throw expected('function_to_apply', `one of ${FUNCTIONS.join(', ')}`, function_to_apply)
  }
  return { top_k, function_to_apply }
}
