/**
 * The picture that the model makes of a picture: `pipe(image, options)` -> an image.
 *
 * Super-resolution models want sides that are multiples of a window, so their input is padded with mirrored pixels, even
 * where it would fit. The answer is cut to the picture's own size times the scale.
 */

import type { Image } from '#core/media.ts'
import { CallOptions } from '../arguments.ts'
import { pictureFeeds, runGraph } from '../feeds.ts'
import { toPixels } from '../heads/picture.ts'
import { createImage } from '../media/open-image.ts'
import { openFitted } from '../processors/fit.ts'
import { defineTask, type Processed, type Size, type Tensor } from '../task.ts'

export interface ImageToImageOptions {
  /** Leaves the padding in, as Python's pipeline does. Default false. */
  padded?: boolean
}

export default defineTask({
  task: 'image-to-image',
  async open(model) {
    const { session, processor } = await openFitted(model)
    return {
      async run([image, given], context): Promise<Image> {
        const padded = new CallOptions(given).boolean('padded', false)
        const pixels = await context.pixels(image)
        const processed = await context.time('preprocess', () => processor.process(pixels))
        const outputs = await runGraph(session, pictureFeeds(session, processed), context)
        const picture = session.floats(outputs, 'reconstruction', 'output', session.outputs[0]?.name ?? '')
        if (picture.dims.length !== 4 || picture.dims[1] !== 3) {
          throw model.broken(session.file, `expected a picture [1, 3, height, width], got [${picture.dims.join(', ')}]`)
        }
        return context.time('postprocess', () =>
          createImage(toPixels(picture, padded ? undefined : scaled(processed, picture))),
        )
      },
    }
  },
})

/** The size before padding, times what the model enlarges by. */
function scaled({ pixel_values, resizedSizes }: Processed, picture: Tensor): Size | undefined {
  const [fromHeight = 1, fromWidth = 1] = pixel_values.dims.slice(-2)
  const [toHeight = 1, toWidth = 1] = picture.dims.slice(-2)
  const [size] = resizedSizes
  return (
    size && {
      width: Math.round((size.width * toWidth) / fromWidth),
      height: Math.round((size.height * toHeight) / fromHeight),
    }
  )
}
