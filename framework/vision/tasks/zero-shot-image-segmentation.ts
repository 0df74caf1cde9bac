/**
 * Which pixels belong to these labels: `pipe(image, candidate_labels, options)` -> `[{ label, score, mask }]`, one for
 * each label, in order.
 *
 * CLIPSeg: every label by itself, masks at the picture's size, `score` the best probability in it.
 * GroupViT: every pixel goes to one label; masks are at the size of the model's input (after resizing and centre crop),
 * `score` is how well the label fits the whole picture.
 */

import { labelsAndOptions } from '../arguments.ts'
import { pictureFeeds, repeated, runGraph } from '../feeds.ts'
import { softmax } from '../heads/activations.ts'
import { type Mask, maskWhere } from '../heads/masks.ts'
import { classMap, scoreRows } from '../heads/semantic.ts'
import { softMasks } from '../heads/soft-masks.ts'
import { defineTask, type Outputs, type Session } from '../task.ts'
import { openTokenizer } from '../text/tokenizer.ts'

export interface LabelledMask {
  readonly label: string
  readonly score: number
  readonly mask: Mask
}

export interface ZeroShotImageSegmentationOptions {
  /** CLIPSeg: pixels above this probability are in the mask. Default 0.5. */
  threshold?: number
}

export default defineTask({
  task: 'zero-shot-image-segmentation',
  async open(model) {
    const [session, processor, tokenizer] = await Promise.all([
      model.session(),
      model.processor(),
      openTokenizer(model),
    ])
    const groups = session.outputs.some(({ name }) => name === 'segmentation_logits')
    return {
      async run(args, context): Promise<LabelledMask[]> {
        const { labels, options } = labelsAndOptions(args)
        const threshold = options.share('threshold', 0.5)
        const pixels = await context.pixels(args[0])
        const feeds = await context.time('preprocess', () => {
          const processed = processor.process(pixels)
          // CLIPSeg pairs each label with a picture of its own.
          const pixel_values = repeated(processed.pixel_values, groups ? 1 : labels.length)
          return { ...pictureFeeds(session, { ...processed, pixel_values }), ...tokenizer.batch(labels) }
        })
        const outputs = await runGraph(session, feeds, context)
        return context.time('postprocess', () => {
          if (groups) return groupMasks(session, outputs, labels)
          const masks = softMasks(session.floats(outputs, 'logits'), pixels, threshold)
          return masks.map(({ score, mask }, index) => ({ label: labels[index] as string, score, mask }))
        })
      },
    }
  },
})

function groupMasks(session: Session, outputs: Outputs, labels: readonly string[]): LabelledMask[] {
  const scores = scoreRows(session.floats(outputs, 'segmentation_logits'))
  const { width, height } = scores
  const map = classMap(scores, { width, height })
  const fits = softmax(session.floats(outputs, 'logits_per_image').data)
  return labels.map((label, index) => ({
    label,
    score: fits[index] ?? 0,
    mask: maskWhere({ width, height }, (pixel) => map[pixel] === index),
  }))
}
