/**
 * `pipe(image)` -> the picture with its background transparent: RGBA, alpha 255 where the model is sure of the foreground.
 *
 * For matting and salient-object models (MODNet, ISNet, BiRefNet, RMBG): one output of one channel, as probability or
 * logit. A model with several classes keeps everything but its first.
 */

import type { Image } from '#core/media.ts'
import { pictureFeeds, runGraph } from '../feeds.ts'
import { foreground, withAlpha } from '../heads/picture.ts'
import { createImage } from '../media/open-image.ts'
import { openFitted } from '../processors/fit.ts'
import { defineTask } from '../task.ts'

export default defineTask({
  task: 'background-removal',
  async open(model) {
    const { session, processor } = await openFitted(model)
    return {
      async run([image], context): Promise<Image> {
        const pixels = await context.pixels(image)
        const processed = await context.time('preprocess', () => processor.process(pixels))
        const outputs = await runGraph(session, pictureFeeds(session, processed), context)
        const mask = session.floats(outputs, session.outputs[0]?.name ?? 'output')
        if (mask.dims.length < 3) throw model.broken(session.file, `expected a mask, got [${mask.dims.join(', ')}]`)
        return context.time('postprocess', () =>
          createImage(withAlpha(pixels, foreground(mask, { width: pixels.width, height: pixels.height }))),
        )
      },
    }
  },
})
