/**
 * `pipe(image)` -> `{ predicted_depth, depth }`
 *
 * `predicted_depth` is float32 `[height, width]` at the picture's size, in the model's own unit (metres for some, relative
 * for most). `depth` is the same as a grey picture, 0 for the smallest value and 255 for the largest.
 */

import type { Image } from '#core/media.ts'
import { pictureFeeds, runGraph } from '../feeds.ts'
import { depthAt, depthFromInverse, depthToBytes, enlargeOf } from '../heads/depth.ts'
import { createImage } from '../media/open-image.ts'
import { openFitted } from '../processors/fit.ts'
import { zoePadding } from '../processors/zoe-depth.ts'
import { defineTask, type Outputs, type Session, type Tensor, tensor } from '../task.ts'

export interface Depth {
  readonly predicted_depth: Tensor<'float32'>
  readonly depth: Image
}

export default defineTask({
  task: 'depth-estimation',
  async open(model) {
    const { session, processor } = await openFitted(model)
    const padded = processor.kind === 'ZoeDepth' && processor.config.do_pad !== false
    const enlarge = enlargeOf(processor)
    // Graphs that tell the lens's focal length have done the rest themselves.
    const direct = session.outputs.some(({ name }) => name === 'focallength_px')
    const inverse = model.config.model_type === 'depth_pro' && !direct
    return {
      async run([image], context): Promise<Depth> {
        const pixels = await context.pixels(image)
        const processed = await context.time('preprocess', () => processor.process(pixels))
        const outputs = await runGraph(session, pictureFeeds(session, processed), context)
        const predicted = session.floats(
          outputs,
          'predicted_depth',
          'depth',
          session.outputs[0]?.name ?? 'predicted_depth',
        )
        if (!isMap(predicted.dims))
          throw model.broken(session.file, `expected depth [1, height, width], got [${predicted.dims.join(', ')}]`)
        return context.time('postprocess', () => {
          const { width, height } = pixels
          const depth = inverse
            ? depthFromInverse(
                predicted,
                { width, height },
                outputs.field_of_view && fieldOfView(session, outputs),
                enlarge,
              )
            : depthAt(predicted, { width, height }, padded ? zoePadding(pixels) : undefined, enlarge)
          return {
            predicted_depth: tensor('float32', depth.data, [height, width]),
            depth: createImage({ width, height, channels: 1, data: depthToBytes(depth) }),
          }
        })
      },
    }
  },
})

/** `[height, width]`, with ones before or after it; scores of classes, `[1, 5]`, are none. */
function isMap(dims: readonly number[]): boolean {
  const sides = dims.filter((dim) => dim !== 1).length
  return sides <= 2 && (dims.length > 2 || sides === 2)
}

const fieldOfView = (session: Session, outputs: Outputs) => session.floats(outputs, 'field_of_view').data[0]
