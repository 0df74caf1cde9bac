/**
 * Where the picture shows what query pictures show: `pipe(image, query_image | query_image[], options)` ->
 * `[{ label: null, score, mask }]`, one entry for each query, in order; `score` is the best probability in the mask.
 *
 * CLIPSeg, either as one graph of both pictures or split into `vision_encoder` and `mask_decoder`, where every picture
 * is encoded once.
 */

import { expected } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import { queryAndOptions } from '../arguments.ts'
import { repeated, runGraph } from '../feeds.ts'
import type { Mask } from '../heads/masks.ts'
import { softMasks } from '../heads/soft-masks.ts'
import { defineTask, type Model, type TaskContext, type Tensor } from '../task.ts'

export interface GuidedMask {
  readonly label: null
  readonly score: number
  readonly mask: Mask
}

export interface ImageGuidedSegmentationOptions {
  /** Pixels above this probability are in the mask. Default 0.5. */
  threshold?: number
}

/** Logits `[queries, height, width]` of the picture and each query. */
type Ask = (picture: Tensor<'float32'>, queries: Tensor<'float32'>, context: TaskContext) => Promise<Tensor<'float32'>>

export default defineTask({
  task: 'image-guided-segmentation',
  async open(model) {
    const processor = await model.processor()
    const ask = await openGraphs(model)
    return {
      async run(args, context): Promise<GuidedMask[]> {
        const { query, options } = queryAndOptions(args)
        const threshold = options.share('threshold', 0.5)
        const asked: unknown[] = Array.isArray(query) ? query : [query]
        if (asked.length === 0) throw expected('query_image', 'at least one picture', query)
        const pixels = await context.pixels(args[0])
        const queries: Pixels[] = []
        for (const one of asked) queries.push(await context.pixels(one, 'query_image'))
        const [picture, shown] = await context.time('preprocess', () => [
          processor.process(pixels).pixel_values,
          processor.process(queries).pixel_values,
        ])
        const logits = await ask(picture as Tensor<'float32'>, shown as Tensor<'float32'>, context)
        return context.time('postprocess', () =>
          softMasks(logits, pixels, threshold).map((found) => ({ label: null, ...found })),
        )
      },
    }
  },
})

async function openGraphs(model: Model): Promise<Ask> {
  if (model.hasSession('vision_encoder') && model.hasSession('mask_decoder')) {
    const [encoder, decoder] = await Promise.all([model.session('vision_encoder'), model.session('mask_decoder')])
    return async (picture, queries, context) => {
      const target = await runGraph(encoder, { pixel_values: picture }, context)
      const asked = await runGraph(encoder, { pixel_values: queries }, context)
      const feeds = {
        activations: encoder.floats(target, 'activations'),
        conditional_embeddings: encoder.floats(asked, 'image_embeds'),
      }
      return decoder.floats(await runGraph(decoder, feeds, context), 'logits')
    }
  }
  const session = await model.session()
  if (!session.wants('conditional_pixel_values'))
    throw model.broken(session.file, 'expected a graph that takes “conditional_pixel_values”, the query’s picture')
  return async (picture, queries, context) => {
    const pixel_values = repeated(picture, queries.dims[0] ?? 1)
    return session.floats(
      await runGraph(session, { pixel_values, conditional_pixel_values: queries }, context),
      'logits',
    )
  }
}
