/**
 * A decoder graph, one step at a time. Three layouts are known by the names of their inputs, never by configuration:
 * a merged graph with `past_key_values.*` (with or without `use_cache_branch`), a first graph and one with past, and a
 * graph without a cache, which sees the whole text at each step.
 */

import type { Feeds, Outputs, Session, Tensor } from '#vision/task.ts'
import { tensor } from '#vision/task.ts'

export interface Decoder {
  /**
   * Scores of the next token for each row.
   * @param rows - texts so far, all of one length. @param parents - which row of the step before each row goes on from;
   * of no meaning at the first step.
   */
  step(rows: readonly (readonly number[])[], parents: readonly number[]): Promise<Float32Array[]>
}

interface Graphs {
  readonly first: Session
  /** For every step after the first; null where there is no cache. */
  readonly later: Session | null
  /** Tokens to vectors, for decoders that take those. */
  readonly embed?: Session | null
}

/** Runs a graph; the caller's way of timing and cancelling it. */
export type Run = (session: Session, feeds: Feeds) => Promise<Outputs>

/** @param given - what stays the same at each step, for a batch of one: `encoder_hidden_states`, `pixel_values`. */
export function createDecoder({ first, later, embed = null }: Graphs, given: Feeds, run: Run): Decoder {
  let past = new Map<string, Tensor>()
  let cached = 0
  let repeated: Feeds = given

  return {
    async step(rows, parents) {
      const session = cached > 0 && later ? later : first
      const fresh = cached > 0 && later ? cached : 0
      if (fresh) past = new Map([...past].map(([name, value]) => [name, rowsOfPast(name, value, parents)]))
      repeated = repeatedTo(rows.length, session, given, repeated)
      const feeds = feedsOf(session, rows, fresh, repeated, past)
      const outputs = await run(session, embed ? await embedded(feeds, embed, run) : feeds)
      if (later) past = nextPast(later, outputs, past, fresh > 0)
      cached = (rows[0] as readonly number[]).length
      return lastLogits(session.floats(outputs, 'logits'), rows.length)
    },
  }
}

const PAST = 'past_key_values.'

/** What is given, for each row; made anew when their number changes. */
function repeatedTo(batch: number, { wants }: Session, given: Feeds, last: Feeds): Feeds {
  const repeat = ([name, value]: [string, Tensor | undefined]) => {
    const before = last[name]
    if (!value || !wants(name) || before?.dims[0] === batch) return [name, before]
    return [name, pickRows(value, new Array<number>(batch).fill(0))]
  }
  return Object.fromEntries(Object.entries(given).map(repeat))
}

/** `inputs_embeds` in the place of `input_ids`. */
export async function embedded(feeds: Feeds, embed: Session, run: Run): Promise<Feeds> {
  const { input_ids, ...rest } = feeds
  const outputs = await run(embed, { input_ids })
  return { ...rest, inputs_embeds: embed.output(outputs, 'inputs_embeds', 'embeddings', 'last_hidden_state') }
}

/** @param seen - how many tokens of each row the cache holds. */
function feedsOf(
  session: Session,
  rows: readonly (readonly number[])[],
  seen: number,
  given: Feeds,
  past: ReadonlyMap<string, Tensor>,
): Feeds {
  const batch = rows.length
  const length = rows[0]?.length ?? 0
  const tokens = ids(rows.map((row) => row.slice(seen)))
  const mask = ones([batch, length])
  const feeds: Record<string, Tensor> = {
    input_ids: tokens,
    decoder_input_ids: tokens,
    attention_mask: mask,
    decoder_attention_mask: mask,
    position_ids: ids(rows.map(() => Array.from({ length: length - seen }, (_, i) => seen + i))),
    use_cache_branch: tensor('bool', Uint8Array.of(seen > 0 ? 1 : 0), [1]),
  }
  for (const [name, value] of Object.entries(given)) if (value) feeds[name] = value
  const states = feeds.encoder_hidden_states
  if (states) feeds.encoder_attention_mask ??= ones([batch, states.dims[1] ?? 0])
  for (const { name, dims } of session.inputs) {
    if (!name.startsWith(PAST)) continue
    feeds[name] = past.get(name) ?? tensor('float32', new Float32Array(0), emptyPast(dims, batch))
  }
  return feeds
}

/** Token ids as a graph takes them. */
export function ids(rows: readonly (readonly number[])[]): Tensor<'int64'> {
  const flat = rows.flat()
  return tensor('int64', BigInt64Array.from(flat, BigInt), [rows.length, flat.length / rows.length])
}

/** A mask that hides nothing. */
export function ones(dims: readonly number[]): Tensor<'int64'> {
  return tensor('int64', new BigInt64Array(dims.reduce((product, dim) => product * dim, 1)).fill(1n), dims)
}

/** `[batch, heads, 0, head size]`: heads and head size are fixed in the graph, the other two are free. */
function emptyPast(dims: readonly (number | string)[], batch: number): number[] {
  return dims.map((dim, axis) => (axis === 0 ? batch : typeof dim === 'number' && axis !== 2 ? dim : 0))
}

/**
 * What the next step starts from. Keys and values of the encoder are made at the first step and kept: the cached branch of
 * a merged graph gives dummies in their place.
 */
function nextPast(
  later: Session,
  outputs: Outputs,
  past: ReadonlyMap<string, Tensor>,
  wasCached: boolean,
): Map<string, Tensor> {
  const next = new Map<string, Tensor>()
  for (const { name } of later.inputs) {
    if (!name.startsWith(PAST)) continue
    const kept = wasCached && name.includes('.encoder.') ? past.get(name) : undefined
    next.set(
      name,
      kept ?? later.output(outputs, name.replace(PAST, 'present.'), name.replace(PAST, 'present_key_values.')),
    )
  }
  return next
}

/** What was made of the encoder's states is the same in every row: only their number counts. */
function rowsOfPast(name: string, value: Tensor, parents: readonly number[]): Tensor {
  return name.includes('.encoder.') && value.dims[0] === parents.length ? value : pickRows(value, parents)
}

/** The given rows of a batch, in that order. */
export function pickRows(value: Tensor, rows: readonly number[]): Tensor {
  const [count = 1, ...rest] = value.dims
  if (rows.length === count && rows.every((row, i) => row === i)) return value
  const size = value.data.length / count
  const data = new (value.data.constructor as Float32ArrayConstructor)(size * rows.length)
  for (const [i, row] of rows.entries())
    data.set((value.data as Float32Array).subarray(row * size, (row + 1) * size), i * size)
  return { type: value.type, dims: [rows.length, ...rest], data } as Tensor
}

/** Of `[batch, length, vocabulary]` the scores after the last token, as copies that may be changed. */
function lastLogits({ data, dims }: Tensor<'float32'>, batch: number): Float32Array[] {
  const words = dims.at(-1) as number
  const size = data.length / batch
  return Array.from({ length: batch }, (_, row) => data.slice((row + 1) * size - words, (row + 1) * size))
}
