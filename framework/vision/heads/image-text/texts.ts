/** Texts as the text half of a graph takes them: padded as it was trained, in as many runs as its shape asks for. */

import type { Feeds, Model, Port, Session } from '../../task.ts'
import { type BatchOptions, openTokenizer, type Tokenizer } from '../../text/tokenizer.ts'

/** Texts of one run; more than these would take memory without being faster. */
const AT_ONCE = 256

/** What SigLIP was trained with, whatever its tokenizer's files say. */
const SIGLIP_LENGTH = 64

/** The length of CLIP, whose exports without a mask were made to see every text at full length. */
const CLIP_LENGTH = 77

/** Feeds for one run, and how many of its texts count: the others fill up a batch of fixed size. */
export interface TextRun {
  readonly feeds: Feeds
  readonly count: number
}

export type TextRuns = (texts: readonly string[]) => TextRun[]

/** Whether each label is scored for itself. */
export const isSigmoid = ({ config }: Pick<Model, 'config'>): boolean => String(config.model_type).includes('siglip')

/** @param session - the graph with the text half in it. */
export async function openTexts(model: Model, session: Session): Promise<TextRuns> {
  const tokenizer = await openTokenizer(model)
  const port = textInput(session)
  const [count, length] = (port?.dims ?? []).map((dim) => (typeof dim === 'number' && dim > 0 ? dim : null))
  const name = port?.name ?? 'input_ids'
  const padding = paddingFor(model, session, tokenizer, length ?? null)
  const size = count ?? AT_ONCE

  return (texts) => {
    const runs: TextRun[] = []
    for (let start = 0; start < texts.length; start += size) {
      const some = texts.slice(start, start + size)
      const filled = count ? Array.from({ length: count }, (_, i) => some[i] ?? (some.at(-1) as string)) : some
      const { input_ids, ...rest } = tokenizer.batch(filled, padding)
      runs.push({ feeds: { [name]: input_ids, ...rest }, count: some.length })
    }
    return runs
  }
}

/** `input_ids`, or the only input of whole numbers in two dimensions. */
function textInput({ inputs }: Session): Port | undefined {
  const usual = inputs.find(({ name }) => name === 'input_ids')
  const fitting = inputs.filter(({ type, dims }) => /^int(32|64)$/.test(type) && dims.length === 2)
  return usual ?? (fitting.length === 1 ? fitting[0] : undefined)
}

function paddingFor(model: Model, session: Session, tokenizer: Tokenizer, fixed: number | null): BatchOptions {
  if (fixed !== null) return { padding: 'max', maxLength: fixed }
  if (isSigmoid(model)) return { padding: 'max', maxLength: SIGLIP_LENGTH }
  const maxLength = Math.min(tokenizer.maxLength, positionsOf(model))
  const scoresItself = session.outputs.some(({ name }) => name.startsWith('logits_per_'))
  const unmasked = !session.wants('attention_mask') && !scoresItself && maxLength <= CLIP_LENGTH
  return { padding: unmasked ? 'max' : 'longest', maxLength }
}

/** How long a text the model knows positions for; RoBERTa and its kin begin to count behind the padding's number. */
function positionsOf({ config }: Model): number {
  const text = (config.text_config ?? {}) as Readonly<Record<string, unknown>>
  const { max_position_embeddings: positions, pad_token_id: pad } = text
  if (typeof positions !== 'number') return Infinity
  const roberta = config.model_type === 'altclip' || /roberta/.test(String(text.model_type))
  return roberta ? positions - (typeof pad === 'number' ? pad : 1) - 1 : positions
}
