/**
 * What is where: `pipe(image, options)` -> `[{ score, label, box: { xmin, ymin, xmax, ymax } }]`.
 * DETR, YOLOS and Table Transformer list objects in the order of the model's queries, PP-DocLayout in the order of reading,
 * the others best first.
 */

import { CallOptions } from '../arguments.ts'
import { pictureFeeds, runGraph } from '../feeds.ts'
import type { Box } from '../heads/boxes.ts'
import { detectionRule, detections, readingRanks } from '../heads/detection.ts'
import { openFitted } from '../processors/fit.ts'
import { defineTask } from '../task.ts'

export interface DetectedObject {
  readonly score: number
  readonly label: string
  readonly box: Box
}

export interface ObjectDetectionOptions {
  /** Objects with this score or less are left out. Default 0.5. */
  threshold?: number
  /** Boxes as parts of the picture's sides instead of whole pixels. Default false. */
  percentage?: boolean
}

export default defineTask({
  task: 'object-detection',
  async open(model) {
    const { session, processor } = await openFitted(model)
    const rule = detectionRule(model.config.model_type, processor.kind)
    return {
      async run([image, given], context): Promise<DetectedObject[]> {
        const options = new CallOptions(given)
        const threshold = options.share('threshold', 0.5)
        const percentage = options.boolean('percentage', false)
        const pixels = await context.pixels(image)
        const processed = await context.time('preprocess', () => processor.process(pixels))
        const outputs = await runGraph(session, pictureFeeds(session, processed), context)
        const logits = session.floats(outputs, 'logits')
        const boxes = session.floats(outputs, 'pred_boxes')
        const order = 'order_logits' in outputs ? session.floats(outputs, 'order_logits') : null
        const ranks = order ? { ranks: readingRanks(order) } : {}
        return context.time('postprocess', () =>
          detections(logits, boxes, pixels, { threshold, rule, percentage, ...ranks }).map(({ label, score, box }) => ({
            score,
            label: model.label(label),
            box,
          })),
        )
      },
    }
  },
})
