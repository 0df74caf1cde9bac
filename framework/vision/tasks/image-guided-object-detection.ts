/**
 * What in the picture looks like the query picture: `pipe(image, query_image, options)` ->
 * `[{ score, label: null, box }]`, best first.
 *
 * Scores are stretched so that the best is 1, even for a query that is nowhere in the picture.
 */

import { expected } from '#core/errors.ts'
import type { Pixels } from '#core/media.ts'
import { queryAndOptions } from '../arguments.ts'
import { runGraph } from '../feeds.ts'
import { argmax } from '../heads/activations.ts'
import { type Box, squareAround } from '../heads/boxes.ts'
import { guidedBoxes, type PatchFeatures, queryLogits, queryPatch } from '../heads/image-guided.ts'
import { rememberLast } from '../last-picture.ts'
import { defineTask, type ImageProcessor, type Model, type Session, type TaskContext } from '../task.ts'

export interface GuidedObject {
  readonly score: number
  readonly label: null
  readonly box: Box
}

const CHOICES = ['dissimilarity', 'objectness'] as const
type Choice = (typeof CHOICES)[number]

export interface ImageGuidedObjectDetectionOptions {
  /** Boxes that the model scored below it, before stretching, are left out. Default 0. */
  threshold?: number
  /** A box goes when it overlaps a better one by more than this; 1 keeps all. Default 0.3. */
  nms_threshold?: number
  /**
   * Which patch stands for the query picture: the one least like its background, or the most object-like one, which is
   * what transformers 5.19 and later take for OWLv2 (only where the model is split into `vision_encoder`).
   * Default `dissimilarity`.
   */
  query_choice?: Choice
}

interface Answer {
  /** One for each patch. */
  readonly logits: Float32Array
  /** `[patches, 4]` */
  readonly boxes: Float32Array
}
type Ask = (picture: Pixels, query: Pixels, choice: Choice, context: TaskContext) => Promise<Answer>

export default defineTask({
  task: 'image-guided-object-detection',
  async open(model) {
    const processor = await model.processor()
    const ask = model.hasSession('vision_encoder')
      ? askEncoder(model, await model.session('vision_encoder'), processor)
      : askWhole(await model.session(), processor)
    const square = model.config.model_type === 'owlv2'
    return {
      async run(args, context): Promise<GuidedObject[]> {
        const { query, options } = queryAndOptions(args)
        const thresholds = {
          threshold: options.share('threshold', 0),
          nmsThreshold: options.share('nms_threshold', 0.3),
        }
        const choice = options.oneOf('query_choice', CHOICES) ?? 'dissimilarity'
        const picture = await context.pixels(args[0])
        const { logits, boxes } = await ask(picture, await context.pixels(query, 'query_image'), choice, context)
        return context.time('postprocess', () =>
          guidedBoxes(logits, boxes, square ? squareAround(picture) : picture, thresholds).map(({ score, box }) => ({
            score,
            label: null,
            box,
          })),
        )
      },
    }
  },
})

/** One graph for a picture: both go through it, and the choice of the query is made here. */
function askEncoder(model: Model, session: Session, processor: ImageProcessor): Ask {
  const encode = async (pixels: Pixels, context: TaskContext) => {
    const { pixel_values } = await context.time('preprocess', () => processor.process(pixels))
    const outputs = await runGraph(session, { pixel_values }, context)
    const floats = (name: string) => session.floats(outputs, name).data
    const boxes = floats('pred_boxes')
    const features: PatchFeatures = { patches: boxes.length / 4, embeddings: floats('image_class_embeds'), boxes }
    return { outputs, floats, features }
  }
  const encodeQuery = rememberLast(encode)
  return async (picture, query, choice, context) => {
    const target = await encode(picture, context)
    const asked = await encodeQuery(query, context)
    if (choice === 'objectness' && !('objectness_logits' in asked.outputs)) {
      throw model.broken(session.file, 'expected an output objectness_logits for query_choice: "objectness", got none')
    }
    const patch = choice === 'objectness' ? argmax(asked.floats('objectness_logits')) : queryPatch(asked.features)
    const size = asked.features.embeddings.length / asked.features.patches
    const embedding = asked.features.embeddings.slice(patch * size, (patch + 1) * size)
    const logits = queryLogits(target.features, embedding, {
      shift: target.floats('logit_shift'),
      scale: target.floats('logit_scale'),
    })
    return { logits, boxes: target.features.boxes }
  }
}

/** One graph for both pictures, the choice of the query inside. */
function askWhole(session: Session, processor: ImageProcessor): Ask {
  return async (picture, query, choice, context) => {
    if (choice !== 'dissimilarity') {
      throw expected('query_choice', '"dissimilarity", the only one that this graph knows', choice)
    }
    const [target, asked] = await context.time('preprocess', () => [
      processor.process(picture),
      processor.process(query),
    ])
    const feeds = { pixel_values: target?.pixel_values, query_pixel_values: asked?.pixel_values }
    const outputs = await runGraph(session, feeds, context)
    return {
      logits: session.floats(outputs, 'logits').data,
      boxes: session.floats(outputs, 'target_pred_boxes', 'pred_boxes').data,
    }
  }
}
