import type { NumberOptions } from './definition.ts'

/** What was typed as a number, a decimal comma understood; null where it is none or does not fit the options. */
export function readNumber(typed: string, options: NumberOptions): number | null {
  const text = typed.trim().replace(',', '.')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return null
  const value = Number(text)
  const { min = -Infinity, max = Infinity } = options
  if (!Number.isFinite(value) || value < min || value > max) return null
  return isWhole(options) && !Number.isInteger(value) ? null : value
}

const isWhole = ({ min = 0, step }: NumberOptions) =>
  step !== undefined && Number.isInteger(step) && Number.isInteger(min)

/** What the server says it wants, without the server's schemas in the page: `a whole number from 1 to 8`. */
export function wantsOf(options: NumberOptions): string {
  const { min, max } = options
  const kind = isWhole(options) ? 'a whole number' : 'a number'
  if (min !== undefined && max !== undefined) return `${kind} from ${min} to ${max}`
  if (min !== undefined) return `${kind} of at least ${min}`
  return max === undefined ? kind : `${kind} of at most ${max}`
}

/** `by` steps further, within the bounds, without the dust of binary fractions. */
export function stepped(value: number | null, by: number, { min, max, step = 1 }: NumberOptions): number {
  const from = value ?? Math.max(min ?? 0, Math.min(0, max ?? 0))
  const decimals = Math.min(12, Math.max(decimalsOf(step), decimalsOf(from)))
  const next = Number((value === null && by > 0 ? from : from + by * step).toFixed(decimals))
  return Math.min(max ?? Infinity, Math.max(min ?? -Infinity, next))
}

function decimalsOf(value: number): number {
  const [mantissa = '', exponent = '0'] = `${value}`.split('e')
  return Math.max(0, (mantissa.split('.')[1]?.length ?? 0) - Number(exponent))
}
