/**
 * Tokenizers from SentencePiece's own file (`spiece.model`, `sentencepiece.bpe.model`), as Python's classes read it. The file
 * is a protobuf: pieces with their scores, and the table of characters
 * (https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto).
 */

import { specialToken } from './vocabulary.ts'

type Piece = readonly [text: string, score: number]

interface Pieces {
  readonly list: readonly Piece[]
  /** Which of them stands for what is unknown. */
  readonly unknown: number
  /** Base64; empty where characters stay as they are. */
  readonly charsmap: string
}

/** A class of Python: the pieces it puts before the file's, from which of those on, and what stands around a text. */
interface Shape {
  readonly before: readonly string[]
  readonly from: number
  readonly after: readonly string[]
  readonly start: string | null
  readonly end: string
  readonly pad: string
  readonly lowercase: boolean
}

const ENDED: Shape = { before: [], from: 0, after: [], start: null, end: '</s>', pad: '</s>', lowercase: true }
const SHAPES: Readonly<Record<string, Shape>> = {
  SiglipTokenizer: ENDED,
  // As fairseq numbered them.
  XLMRobertaTokenizer: {
    before: ['<s>', '<pad>', '</s>', '<unk>'],
    from: 3,
    after: ['<mask>'],
    start: '<s>',
    end: '</s>',
    pad: '<pad>',
    lowercase: false,
  },
}

/**
 * @param name - of the class. @param config - `tokenizer_config.json`
 * @returns what `tokenizer.json` would hold, or null for a class or a kind of model that is not known
 */
export function sentencePieceDefinition(
  file: Uint8Array,
  name: string,
  config: { readonly do_lower_case?: unknown },
): object | null {
  const shape = SHAPES[name]
  const pieces = shape && readPieces(file)
  if (!pieces) return null
  const named = (list: readonly string[]): Piece[] => list.map((text) => [text, 0])
  const vocab = [...named(shape.before), ...pieces.list.slice(shape.from), ...named(shape.after)]
  const ids = new Map(vocab.map(([text], id) => [text, id]))
  const unknown = pieces.list[pieces.unknown]?.[0] ?? '<unk>'
  const special = new Set([...shape.before, shape.end, unknown, ...shape.after])
  const lowercase = shape.lowercase && config.do_lower_case !== false
  return {
    version: '1.0',
    truncation: null,
    padding: { pad_id: ids.get(shape.pad) },
    added_tokens: [...special].map((token) => specialToken(token, ids.get(token) as number, token === '<mask>')),
    normalizer: {
      type: 'Sequence',
      normalizers: [
        ...(lowercase ? [{ type: 'Lowercase' }] : []),
        ...(pieces.charsmap ? [{ type: 'Precompiled', precompiled_charsmap: pieces.charsmap }] : []),
      ],
    },
    pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'WhitespaceSplit' }, METASPACE] },
    post_processor: around(shape, ids),
    decoder: METASPACE,
    model: { type: 'Unigram', unk_id: ids.get(unknown), vocab, byte_fallback: false },
  }
}

const METASPACE = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true }

function around({ start, end }: Shape, ids: ReadonlyMap<string, number>): object {
  const token = (id: string) => ({ SpecialToken: { id, type_id: 0 } })
  const text = (id: string) => ({ Sequence: { id, type_id: 0 } })
  const used = start === null ? [end] : [start, end]
  return {
    type: 'TemplateProcessing',
    single: [...(start === null ? [] : [token(start)]), text('A'), token(end)],
    pair:
      start === null
        ? [text('A'), token(end), text('B'), token(end)]
        : [token(start), text('A'), token(end), token(end), text('B'), token(end)],
    special_tokens: Object.fromEntries(used.map((id) => [id, { id, ids: [ids.get(id)], tokens: [id] }])),
  }
}

const UNIGRAM = 1
const UNKNOWN_PIECE = 2

/** Null for another kind than unigram. */
function readPieces(file: Uint8Array): Pieces | null {
  const list: Piece[] = []
  let unknown = 0
  let charsmap = ''
  for (const { number, bytes } of fieldsOf(file)) {
    const parts = new Map(fieldsOf(bytes).map((part) => [part.number, part]))
    if (number === 1) {
      if (parts.get(3)?.value === UNKNOWN_PIECE) unknown = list.length
      list.push([new TextDecoder().decode(parts.get(1)?.bytes), parts.get(2)?.float ?? 0])
    } else if (number === 2 && (parts.get(3)?.value ?? UNIGRAM) !== UNIGRAM) return null
    else if (number === 3) charsmap = Buffer.from(parts.get(2)?.bytes ?? []).toString('base64')
  }
  return { list, unknown, charsmap }
}

/** One entry of a protobuf message; which of the three it is, its reader knows. */
interface Field {
  readonly number: number
  readonly value: number
  readonly float: number
  readonly bytes: Uint8Array
}

const NOTHING = new Uint8Array()

/** @throws RangeError where it ends too early */
function fieldsOf(message: Uint8Array): Field[] {
  const view = new DataView(message.buffer, message.byteOffset, message.byteLength)
  const fields: Field[] = []
  let at = 0
  const varint = () => {
    let value = 0
    for (let place = 1; ; place *= 128) {
      const byte = view.getUint8(at++)
      value += (byte & 0x7f) * place
      if (byte < 128) return value
    }
  }
  while (at < message.length) {
    const tag = varint()
    const [number, wire] = [Math.floor(tag / 8), tag % 8]
    const value = wire === 0 || wire === 2 ? varint() : 0
    const start = at
    if (wire === 2) at += value
    else if (wire !== 0) at += wire === 5 ? 4 : 8
    const float = wire === 5 ? view.getFloat32(start, true) : 0
    fields.push({ number, value, float, bytes: wire === 2 ? message.subarray(start, at) : NOTHING })
  }
  return fields
}
