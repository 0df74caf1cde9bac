/** Reading the arguments of a call: every task says the same about the same mistake. */

import { expected } from '#core/errors.ts'
import { isPixelData } from './media/pixel-data.ts'

/** The options of a call, read one by one with their defaults. */
export class CallOptions {
  readonly #values: Readonly<Record<string, unknown>>

  /** @throws SpaceError `invalid-value` where options are given that are not an object */
  constructor(value: unknown) {
    if (value === undefined || value === null) this.#values = {}
    else if (isRecord(value)) this.#values = value
    else throw expected('options', 'an object of options', value)
  }

  /** As they were given. */
  get all(): Readonly<Record<string, unknown>> {
    return this.#values
  }

  /** Null counts as left out. */
  get(name: string): unknown {
    return this.#values[name] ?? undefined
  }

  number(name: string, fallback: number, limits: { min?: number; max?: number; integer?: boolean } = {}): number {
    const value = this.get(name) ?? fallback
    const { min = -Infinity, max = Infinity, integer = false } = limits
    const counts = typeof value === 'number' && (integer ? Number.isInteger(value) : Number.isFinite(value))
    if (counts && value >= min && value <= max) return value
    const bounds = [
      ...(Number.isFinite(min) ? [`at least ${min}`] : []),
      ...(Number.isFinite(max) ? [`at most ${max}`] : []),
    ].join(' and ')
    throw expected(name, `${integer ? 'a whole number' : 'a number'}${bounds && ` of ${bounds}`}`, value)
  }

  /** A threshold of scores or overlaps, 0..1: beyond it would let everything or nothing pass. */
  share(name: string, fallback: number): number {
    return this.number(name, fallback, { min: 0, max: 1 })
  }

  /** As `number`, for an option that means “no limit” when it is left out. */
  count(name: string): number {
    return this.get(name) === undefined ? Infinity : this.number(name, 1, { min: 1, integer: true })
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.get(name) ?? fallback
    if (typeof value === 'boolean') return value
    throw expected(name, 'true or false', value)
  }

  text(name: string, fallback: string): string {
    const value = this.get(name) ?? fallback
    if (typeof value === 'string') return value
    throw expected(name, 'text', value)
  }

  oneOf<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.get(name)
    if (value === undefined || choices.includes(value as T)) return value as T | undefined
    throw expected(name, `one of ${choices.join(', ')}`, value)
  }

  /** As `oneOf`, for an option whose capitals do not count. */
  oneOfAnyCase<const T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.get(name)
    const lower = typeof value === 'string' ? value.toLowerCase() : value
    return choices.find((choice) => choice === lower) ?? this.oneOf(name, choices)
  }
}

/**
 * Labels to choose from and the options after them: `(image, labels, options)` or `(image, { candidate_labels, … })`.
 * Labels are a list, or one text with commas between them.
 * @throws SpaceError `invalid-value` where there is no label
 */
export function labelsAndOptions(args: readonly unknown[]): { labels: string[]; options: CallOptions } {
  const named = isRecord(args[1])
  const options = new CallOptions(named ? args[1] : args[2])
  return { labels: readLabels(named ? options.get('candidate_labels') : args[1]), options }
}

/**
 * The question and the options after it: `(image, question, options)` or `(image, { question, … })`.
 * @throws SpaceError `invalid-value` where there is no question
 */
export function questionAndOptions(args: readonly unknown[]): { question: string; options: CallOptions } {
  const named = isRecord(args[1])
  const options = new CallOptions(named ? args[1] : args[2])
  const question = named ? options.get('question') : args[1]
  if (typeof question === 'string' && question.trim() !== '') return { question, options }
  throw expected('question', 'a question, as text', question, 'Ask something about the picture.')
}

/** The second picture and the options after it: `(image, query_image, options)` or `(image, { query_image, … })`. */
export function queryAndOptions(args: readonly unknown[]): { query: unknown; options: CallOptions } {
  const named = isRecord(args[1]) && !isPixelData(args[1])
  const options = new CallOptions(named ? args[1] : args[2])
  return { query: named ? options.get('query_image') : args[1], options }
}

function readLabels(value: unknown): string[] {
  const list = typeof value === 'string' ? value.split(',').map((label) => label.trim()) : value
  const wants = 'at least one label, as a list of texts'
  const hint = 'Give the labels to choose from, such as ["cat", "dog"].'
  if (!Array.isArray(list)) throw expected('candidate_labels', wants, value, hint)
  const labels = list.map((label, index) => {
    if (typeof label === 'string' && label.trim() !== '') return label
    throw expected(Array.isArray(value) ? `candidate_labels[${index}]` : 'candidate_labels', 'a text', label, hint)
  })
  if (labels.length === 0) throw expected('candidate_labels', wants, value, hint)
  return labels
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
