/**
 * `pipe(image, { threshold = 0.5, percentage = false })` -> `[{ score, label, box: { xmin, ymin, xmax, ymax } }]`
 *
 * Boxes are in pixels of the picture, cut to whole numbers and not clamped; with `percentage` they are parts of its
 * sides. DETR, YOLOS and Table Transformer list objects in the order of the model's queries, the others best first.
 */

import { CallOptions } from '../arguments.ts'
import { pictureFeeds } from '../feeds.ts'
import type { Box } from '../heads/boxes.ts'
import { detectionRule, detections } from '../heads/detection.ts'
import { defineTask } from '../task.ts'

export interface DetectedObject {
  readonly score: number
  readonly label: string
  readonly box: Box
}

export default defineTask({
  task: 'object-detection',
  async open(model) {
    const [session, processor] = await Promise.all([model.session(), model.processor()])
    const rule = detectionRule(model.config.model_type)
    return {
      async run([image, given], context): Promise<DetectedObject[]> {
        const options = new CallOptions(given)
        const threshold = options.number('threshold', 0.5)
        const percentage = options.boolean('percentage', false)
        const pixels = await context.pixels(image)
        const processed = await context.time('preprocess', () => processor.process(pixels))
        const outputs = await session.run(pictureFeeds(session, processed), context)
        const logits = session.floats(outputs, 'logits')
        const boxes = session.floats(outputs, 'pred_boxes')
        return context.time('postprocess', () =>
          detections(logits, boxes, pixels, { threshold, rule, percentage }).map(({ label, score, box }) => ({
            score,
            label: model.label(label),
            box,
          })),
        )
      },
    }
  },
})
