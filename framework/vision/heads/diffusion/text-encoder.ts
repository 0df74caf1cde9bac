/** Texts as a UNet is told them: the states of CLIP's tokens, and for Stable Diffusion XL those of two encoders side by side. */

import { runGraph } from '../../feeds.ts'
import { type Json, type Model, type Outputs, type Session, type TaskContext, type Tensor, tensor } from '../../task.ts'
import { openTokenizer, type Tokenizer } from '../../text/tokenizer.ts'
import { mainOutput, stacked } from './outputs.ts'

export interface TextEncoder {
  readonly tokenizer: Tokenizer
  /** How many tokens it reads, which every text is filled up to. */
  readonly length: number
  readonly session: Session
  readonly config: Json
}

/** Of CLIP. */
const USUAL_LENGTH = 77

/** @param suffix - `_2` for the second encoder of Stable Diffusion XL. */
export async function openTextEncoder(model: Model, suffix = ''): Promise<TextEncoder> {
  const [tokenizer, session, config] = await Promise.all([
    openTokenizer(model, `tokenizer${suffix}/`),
    model.session(`text_encoder${suffix}`),
    model.json(`text_encoder${suffix}/config.json`),
  ])
  const { max_position_embeddings: positions = USUAL_LENGTH } = config ?? {}
  const length = Number.isFinite(tokenizer.maxLength) ? tokenizer.maxLength : (positions as number)
  return { tokenizer, length, session, config: config ?? {} }
}

/** The last states, `[texts, tokens, features]`. Texts go through one by one: some graphs take no more at once. */
export async function lastStates(encoder: TextEncoder, texts: readonly string[], context: TaskContext) {
  const all = []
  for (const text of texts)
    all.push(mainOutput(encoder.session, await run(encoder, text, context), 'last_hidden_state'))
  return stacked(...all)
}

export interface InnerStates {
  /** `[1, tokens, features]` */
  readonly states: Tensor<'float32'>
  /** `[1, features]`, null where the encoder has no projection. */
  readonly pooled: Tensor<'float32'> | null
}

/**
 * The states before the last layer. @param skip - how many layers more to leave out.
 * @throws SpaceError `model-broken` where the graph does not give the states of that layer
 */
export async function innerStates(
  encoder: TextEncoder,
  text: string,
  skip: number,
  context: TaskContext,
): Promise<InnerStates> {
  const { session, config } = encoder
  const outputs = await run(encoder, text, context)
  const given = session.outputs.flatMap(({ name }) => /^hidden_states[._](\d+)$/.exec(name)?.[1] ?? [])
  const layers =
    typeof config.num_hidden_layers === 'number' ? config.num_hidden_layers : Math.max(...given.map(Number)) + 1
  const layer = layers - 1 - skip
  // Some exporters give the one layer that is used, by a name without its number.
  const names = [`hidden_states.${layer}`, `hidden_states_${layer}`, ...(skip === 0 ? ['hidden_states'] : [])]
  return { states: session.floats(outputs, ...names), pooled: projected(session, outputs) }
}

/** The projection of the whole text: `text_embeds`, or else the first output where that is one row for each text. */
function projected(session: Session, outputs: Outputs): Tensor<'float32'> | null {
  const [first] = session.outputs
  const name = 'text_embeds' in outputs ? 'text_embeds' : (first?.name ?? '')
  return outputs[name]?.dims.length === 2 ? session.floats(outputs, name) : null
}

async function run({ tokenizer, length, session }: TextEncoder, text: string, context: TaskContext) {
  tellCut(tokenizer, length, text, context)
  const { input_ids } = tokenizer.batch([text], { padding: 'max', maxLength: length })
  const attention_mask = tensor('int64', new BigInt64Array(length).fill(1n), input_ids.dims)
  return runGraph(session, { input_ids, attention_mask }, context)
}

/** Says which part of a text is beyond what the encoder reads. */
function tellCut({ encode, decode }: Tokenizer, length: number, text: string, { onProgress }: TaskContext): void {
  const { ids } = encode(text)
  if (ids.length <= length) return
  const left = decode(ids.slice(length - 1, -1), { special: false }).trim()
  onProgress(0, `The model reads ${length} tokens. Left out: “${left}”`)
}

/** Side by side: `[texts, tokens, a]` and `[texts, tokens, b]` to `[texts, tokens, a + b]`. */
export function joinedStates(all: readonly Tensor<'float32'>[]): Tensor<'float32'> {
  const [first, ...others] = all
  if (!first || others.length === 0) return first as Tensor<'float32'>
  const [texts = 1, tokens = 1] = first.dims
  const widths = all.map(({ dims }) => dims.at(-1) as number)
  const width = widths.reduce((sum, part) => sum + part, 0)
  const data = new Float32Array(texts * tokens * width)
  let left = 0
  for (const [which, { data: part }] of all.entries()) {
    const own = widths[which] as number
    for (let row = 0; row < texts * tokens; row++)
      data.set(part.subarray(row * own, (row + 1) * own), row * width + left)
    left += own
  }
  return tensor('float32', data, [texts, tokens, width])
}
