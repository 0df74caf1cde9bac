/**
 * Segment Anything (Kirillov et al., 2023): `pipe(image, options)` -> `{ masks, scores }`, masks at the picture's size.
 *
 * With points or boxes: what is there. Three candidates for each prompt; `scores` is `[prompts, 3]` and `masks` has them
 * in the same order. Without: everything there is in the picture, best first; `scores` is `[masks]`.
 * A picture that comes again is not encoded again.
 */

import type { Pixels } from '#core/media.ts'
import { CallOptions } from '../arguments.ts'
import { runGraph } from '../feeds.ts'
import { extentOf, type Mask, type RunLengths, toRunLengths } from '../heads/masks.ts'
import { type Frame, measuredMask } from '../heads/sam.ts'
import { everyMask, readGridOptions } from '../heads/sam-everything.ts'
import { type Prompts, promptFeeds, readPrompts } from '../heads/sam-prompts.ts'
import { rememberLast } from '../last-picture.ts'
import { defineTask, type Feeds, type Model, type Session, type TaskContext, type Tensor, tensor } from '../task.ts'

/** What one prompt gives, for one, for many, or for many of the one picture. */
type Nested<T> = T | readonly T[] | readonly (readonly T[])[]

export interface MaskGenerationOptions {
  /**
   * Points in pixels of the picture, `[prompts][points][x, y]`. As in Python, another list may stand around it; the
   * points of a single prompt may stand alone. The same holds for the labels and the boxes.
   */
  input_points?: Nested<readonly (readonly number[])[]>
  /** `[prompts][points]`, 1 inside the object, 0 outside. Default: all inside. */
  input_labels?: Nested<readonly number[]>
  /** `[prompts][left, top, right, bottom]` in pixels of the picture. */
  input_boxes?: Nested<readonly number[]>
  /** Mask logits above it are in the mask. Default 0. */
  mask_threshold?: number
  /** Points asked at once. Default 64. */
  points_per_batch?: number
  /** The grid has this many points on each side. Default 32. */
  points_per_crop?: number
  /** Layers of crops that are asked too: four in the first, sixteen in the second, … Default 0. */
  crops_n_layers?: number
  /** Part of the shorter side by which crops of the first layer overlap. Default 512 / 1500. */
  crop_overlap_ratio?: number
  /** The grid has so many times fewer points on each side with every layer. Default 1. */
  crop_n_points_downscale_factor?: number
  /** Masks that the model thinks no better of are dropped. Default 0.88. */
  pred_iou_thresh?: number
  /** Masks no more stable than this are dropped. Default 0.95. */
  stability_score_thresh?: number
  /** How far the threshold is moved to see how stable a mask is. Default 1. */
  stability_score_offset?: number
  /** A mask goes when its extent overlaps a better one's by more than this. Default 0.7. */
  crops_nms_thresh?: number
  /** Adds `rle_mask`, the masks as run lengths. Default false. */
  output_rle_mask?: boolean
  /** Adds `bounding_boxes`. Default false. */
  output_bboxes_mask?: boolean
}

export interface FoundMasks {
  readonly masks: readonly Mask[]
  /** How good the model thinks each mask is (predicted intersection over union). */
  readonly scores: Tensor<'float32'>
  readonly rle_mask?: readonly RunLengths[]
  /** `[masks, 4]`: first and last column and row of each mask, as left, top, right, bottom. */
  readonly bounding_boxes?: Tensor<'int32'>
}

const DECODER = 'prompt_encoder_mask_decoder'
const PROMPTS = ['input_points', 'input_boxes']

export default defineTask({
  task: 'mask-generation',
  async open(model) {
    const encode = await openEncoder(model)
    return {
      async run([image, given], context): Promise<FoundMasks> {
        const options = new CallOptions(given)
        const prompts = readPrompts((name) => options.get(name))
        const pixels = await context.pixels(image)
        if (prompts) return prompted(model, encode, pixels, prompts, options, context)
        const settings = readGridOptions(options)
        const decoder = await decoderFor(model, 'input_points')
        const found = await everyMask(pixels, settings, { encode, decoder, context })
        const masks = found.map(({ mask }) => mask)
        return {
          masks,
          scores: tensor(
            'float32',
            Float32Array.from(found, ({ score }) => score),
            [found.length],
          ),
          ...(options.boolean('output_rle_mask', false) ? { rle_mask: masks.map(toRunLengths) } : {}),
          ...(options.boolean('output_bboxes_mask', false) ? { bounding_boxes: boundingBoxes(masks) } : {}),
        }
      },
    }
  },
})

/** What the picture encoder says of a picture. */
export interface EncodedPicture {
  readonly feeds: Feeds
  readonly frame: Frame
}
export type Encode = (pixels: Pixels, context: TaskContext) => Promise<EncodedPicture>

async function openEncoder(model: Model): Promise<Encode> {
  const [session, processor] = await Promise.all([model.session('vision_encoder'), model.processor()])
  // Segment Anything 1 pads the picture to a square, its successors squash it.
  const pads = processor.kind === 'Sam'
  return rememberLast(async (pixels, context) => {
    const processed = await context.time('preprocess', () => processor.process(pixels))
    const outputs = await runGraph(session, { pixel_values: processed.pixel_values }, context)
    const [height = 0, width = 0] = processed.pixel_values.dims.slice(-2)
    const original = { width: pixels.width, height: pixels.height }
    const padded = pads ? { width, height } : null
    const frame = { original, resized: processed.resizedSizes[0] ?? { width, height }, padded }
    return { feeds: outputs, frame }
  })
}

/**
 * Many repositories have a decoder for points alone, some a second one for boxes, some one for both: the one that takes
 * what is asked and as little else as possible.
 */
async function decoderFor(model: Model, ...asked: readonly string[]): Promise<Session> {
  const names = [DECODER, `${DECODER}_boxes`].filter((name) => model.hasSession(name))
  if (names.length === 0) return model.session(DECODER)
  const sessions = await Promise.all(names.map((name) => model.session(name)))
  const fitting = sessions.filter((session) => asked.every((input) => session.wants(input)))
  const exact = fitting.find((session) => PROMPTS.every((input) => asked.includes(input) || !session.wants(input)))
  const decoder = exact ?? fitting[0]
  if (decoder) return decoder
  throw model.broken(`onnx/${DECODER}.onnx`, `expected a decoder that takes ${asked.join(' and ')}, and found none`)
}

async function prompted(
  model: Model,
  encode: Encode,
  pixels: Pixels,
  prompts: Prompts,
  options: CallOptions,
  context: TaskContext,
): Promise<FoundMasks> {
  const threshold = options.number('mask_threshold', 0)
  const inputs = [...(prompts.points ? ['input_points'] : []), ...(prompts.boxes ? ['input_boxes'] : [])]
  const decoder = await decoderFor(model, ...inputs)
  const { feeds, frame } = await encode(pixels, context)
  const outputs = await runGraph(decoder, { ...feeds, ...promptFeeds(prompts, frame) }, context)
  const scores = decoder.floats(outputs, 'iou_scores')
  const logits = decoder.floats(outputs, 'pred_masks')
  return context.time('postprocess', () => ({
    masks: Array.from(scores.data, (_, index) => measuredMask(logits, index, frame, { threshold }).mask),
    scores: tensor('float32', scores.data, scores.dims.slice(-2)),
  }))
}

function boundingBoxes(masks: readonly Mask[]): Tensor<'int32'> {
  return tensor('int32', Int32Array.from(masks.flatMap(extentOf)), [masks.length, 4])
}
