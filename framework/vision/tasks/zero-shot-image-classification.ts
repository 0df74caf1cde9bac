/**
 * Which of these labels: `pipe(image, candidate_labels, options)` -> `[{ score, label }]`, best first.
 * CLIP's scores sum to 1 over the labels; those of SigLIP are independent of each other.
 */

import { labelsAndOptions } from '../arguments.ts'
import { sigmoids, softmax } from '../heads/activations.ts'
import { openTextScorer } from '../heads/image-text/scorer.ts'
import { isSigmoid } from '../heads/image-text/texts.ts'
import { defineTask } from '../task.ts'
import { inTemplate } from '../text/template.ts'

export interface ZeroShotImageClassificationOptions {
  /** The sentence each label is put into, at `{}`. Default `This is a photo of {}.` */
  hypothesis_template?: string
}

export default defineTask({
  task: 'zero-shot-image-classification',
  async open(model) {
    const [scorer, processor] = await Promise.all([openTextScorer(model), model.processor()])
    const activation = isSigmoid(model) ? sigmoids : softmax
    return {
      async run(args, context): Promise<{ score: number; label: string }[]> {
        const { labels, options } = labelsAndOptions(args)
        const texts = inTemplate(options.text('hypothesis_template', 'This is a photo of {}.'), labels)
        const pixels = await context.pixels(args[0], 'image', processor)
        const picture = await context.time('preprocess', () => processor.process(pixels))
        const scores = activation(await scorer.logits(texts, picture, context))
        return labels.map((label, index) => ({ score: scores[index] ?? 0, label })).sort((a, b) => b.score - a.score)
      },
    }
  },
})
