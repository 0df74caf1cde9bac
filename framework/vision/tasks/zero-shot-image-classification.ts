/**
 * Which of these labels: `pipe(image, candidate_labels, options)` -> `[{ score, label }]`, best first.
 * CLIP's scores sum to 1 over the labels; those of SigLIP are independent of each other.
 */

import { labelsAndOptions } from '../arguments.ts'
import { pictureFeeds, runGraph } from '../feeds.ts'
import { sigmoids, softmax } from '../heads/activations.ts'
import { defineTask } from '../task.ts'
import { inTemplate } from '../text/template.ts'
import { openTokenizer } from '../text/tokenizer.ts'

// What SigLIP was trained with, whatever its tokenizer's files say.
const SIGLIP_TEXT = { padding: 'max', maxLength: 64 } as const

export interface ZeroShotImageClassificationOptions {
  /** The sentence each label is put into, at `{}`. Default `This is a photo of {}.` */
  hypothesis_template?: string
}

export default defineTask({
  task: 'zero-shot-image-classification',
  async open(model) {
    const [session, processor, tokenizer] = await Promise.all([
      model.session(),
      model.processor(),
      openTokenizer(model),
    ])
    const siglip = String(model.config.model_type).includes('siglip')
    return {
      async run(args, context): Promise<{ score: number; label: string }[]> {
        const { labels, options } = labelsAndOptions(args)
        const template = options.text('hypothesis_template', 'This is a photo of {}.')
        const texts = inTemplate(template, labels)
        const pixels = await context.pixels(args[0], 'image', processor)
        const feeds = await context.time('preprocess', () => ({
          ...pictureFeeds(session, processor.process(pixels)),
          ...tokenizer.batch(texts, siglip ? SIGLIP_TEXT : {}),
        }))
        const { data } = session.floats(await runGraph(session, feeds, context), 'logits_per_image')
        const scores = siglip ? sigmoids(data) : softmax(data)
        return labels.map((label, index) => ({ score: scores[index] ?? 0, label })).sort((a, b) => b.score - a.score)
      },
    }
  },
})
