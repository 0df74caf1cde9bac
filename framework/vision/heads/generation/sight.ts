/**
 * What a model that writes is shown of a picture. Which way is read from the graphs: an encoder of pictures (ViT-GPT2,
 * TrOCR, Donut, BLIP), of patches (Pix2Struct), of picture and prompt together (Florence-2), one of pictures and one of
 * questions (BLIP-VQA), or none, the decoder seeing for itself (GIT).
 */

import { expected } from '#core/errors.ts'
import { pictureFeeds, runGraph } from '#vision/feeds.ts'
import type { Feeds, ImageProcessor, Model, Session, TaskContext, Tensor } from '#vision/task.ts'
import { tensor } from '#vision/task.ts'
import type { Tokenizer } from '#vision/text/tokenizer.ts'
import { embedded, ids, ones } from './decoder.ts'
import { readPrompt } from './task-prompts.ts'

/** What stays the same at each step of the decoder, for a batch of one. */
export type See = (image: unknown, words: string | null, context: TaskContext) => Promise<Feeds>

export interface Sight {
  readonly see: See
  /** Whether the decoder is shown what an encoder made. */
  readonly encodes: boolean
  /** Whether the words go in here: the decoder begins without them then. */
  readonly readsWords: boolean
}

/** The encoder of pictures under the names that exporters give it; null where there is none. */
const ENCODERS = ['encoder_model', 'vision_encoder', 'vision_model', 'encoder']

/** @param decoder - the graph of the first step. @throws SpaceError `model-file-missing` where half of a pair is missing */
export async function openSight(model: Model, tokenizer: Tokenizer, decoder: Session): Promise<Sight> {
  const processor = await model.processor()
  const look = looker(processor)
  if (model.hasSession('embed_tokens')) return seesWithPrompt(model, look, tokenizer)
  const encoder = ENCODERS.find((name) => model.hasSession(name))
  if (!encoder) {
    return { see: async (image, _, context) => look(decoder, image, context), encodes: false, readsWords: false }
  }
  const session = await model.session(encoder)
  if (session.wants('flattened_patches')) return seesPatches(session, processor, look)
  if (model.hasSession('text_encoder'))
    return seesWithQuestion(session, await model.session('text_encoder'), look, tokenizer)
  const see: See = async (image, _, context) => ({
    encoder_hidden_states: await statesOf(session, await look(session, image, context), context),
  })
  return { see, encodes: true, readsWords: false }
}

type Look = (session: Session, image: unknown, context: TaskContext) => Promise<Feeds>

const looker =
  (processor: ImageProcessor): Look =>
  async (session, image, context) => {
    const pixels = await context.pixels(image, 'image', processor)
    return context.time('preprocess', () => pictureFeeds(session, processor.process(pixels)))
  }

async function statesOf(session: Session, feeds: Feeds, context: TaskContext): Promise<Tensor> {
  const outputs = await runGraph(session, feeds, context)
  return session.output(outputs, 'last_hidden_state', 'encoder_hidden_states', 'image_embeds', 'image_features')
}

function seesPatches(session: Session, { config }: ImageProcessor, look: Look): Sight {
  return {
    encodes: true,
    readsWords: false,
    async see(image, words, context) {
      if (config.is_vqa && words !== null)
        throw expected(
          'prompt',
          'nothing',
          words,
          'This model reads the question in the picture: draw it above the page.',
        )
      const feeds = await look(session, image, context)
      const encoder_hidden_states = await statesOf(session, feeds, context)
      return { encoder_hidden_states, encoder_attention_mask: feeds.attention_mask }
    },
  }
}

/** The question is read with the picture in view, and what comes of it is all that the decoder sees. */
function seesWithQuestion(vision: Session, question: Session, look: Look, tokenizer: Tokenizer): Sight {
  return {
    encodes: true,
    readsWords: true,
    async see(image, words, context) {
      const seen = await statesOf(vision, await look(vision, image, context), context)
      const { input_ids, attention_mask } = tokenizer.batch([words ?? ''])
      const feeds = {
        input_ids,
        attention_mask,
        encoder_hidden_states: seen,
        encoder_attention_mask: ones(seen.dims.slice(0, 2)),
      }
      return { encoder_hidden_states: await statesOf(question, feeds, context) }
    },
  }
}

/** The prompt follows the picture as tokens follow each other, and the encoder reads both. */
async function seesWithPrompt(model: Model, look: Look, tokenizer: Tokenizer): Promise<Sight> {
  const [vision, embed, encoder] = await Promise.all([
    model.session('vision_encoder'),
    model.session('embed_tokens'),
    model.session('encoder_model'),
  ])
  return {
    encodes: true,
    readsWords: true,
    async see(image, words, context) {
      const seen = await statesOf(vision, await look(vision, image, context), context)
      const input_ids = ids([tokenizer.encode(readPrompt(words ?? '').sentence).ids])
      const read = await embedded({ input_ids }, embed, (session, feeds) => runGraph(session, feeds, context))
      const inputs_embeds = joined(seen, read.inputs_embeds as Tensor)
      const attention_mask = ones(inputs_embeds.dims.slice(0, 2))
      const encoder_hidden_states = await statesOf(encoder, { inputs_embeds, attention_mask }, context)
      return { encoder_hidden_states, encoder_attention_mask: attention_mask }
    },
  }
}

/** `[1, a, size]` and `[1, b, size]` to `[1, a + b, size]`. */
function joined(first: Tensor, second: Tensor): Tensor<'float32'> {
  const data = new Float32Array(first.data.length + second.data.length)
  data.set(first.data as Float32Array)
  data.set(second.data as Float32Array, first.data.length)
  const [[, before = 0, size = 0], [, after = 0]] = [first.dims, second.dims]
  return tensor('float32', data, [1, before + after, size])
}
