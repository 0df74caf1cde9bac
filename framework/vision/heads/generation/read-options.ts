/** Reading settings by name, each with the message for what it cannot be. */

import { expected } from '#core/errors.ts'
import type { TokenBias } from './settings.ts'

/** Followed side by side; each has the memory of its keys and values. */
export const MOST_SEQUENCES = 1024

export type Reader = ReturnType<typeof createReader>

/** @param find - the value of a name, undefined where nobody says one. */
export function createReader(find: (name: string) => unknown) {
  const isId = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value)
  return {
    number(name: string, fallback: number, least = -Infinity, most = Infinity): number {
      const value = find(name) ?? fallback
      if (typeof value === 'number' && Number.isFinite(value) && value >= least && value <= most) return value
      throw expected(name, most < Infinity ? `a number from ${least} to ${most}` : 'a number', value)
    },
    positive(name: string, fallback: number): number {
      const value = find(name) ?? fallback
      if (typeof value !== 'number' || !(value > 0 && value < Infinity)) throw expected(name, 'a number above 0', value)
      return value
    },
    whole(name: string, fallback: number, least = -Infinity, most = Infinity): number {
      const value = find(name) ?? fallback
      if (isId(value) && value >= least && value <= most) return value
      const bounds = Number.isFinite(most)
        ? `, ${least} to ${most}`
        : Number.isFinite(least)
          ? `, ${least} or more`
          : ''
      throw expected(name, `a whole number${bounds}`, value)
    },
    flag(name: string, fallback: boolean): boolean {
      const value = find(name) ?? fallback
      if (typeof value !== 'boolean') throw expected(name, 'true or false', value)
      return value
    },
    earlyStopping(): boolean | 'never' {
      const value = find('early_stopping') ?? false
      if (typeof value !== 'boolean' && value !== 'never')
        throw expected('early_stopping', 'true, false or “never”', value)
      return value
    },
    /** Above 0, and at most 1. */
    share(name: string, fallback: number): number {
      const value = find(name) ?? fallback
      if (typeof value === 'number' && value > 0 && value <= 1) return value
      throw expected(name, 'a number above 0, at most 1', value)
    },
    /** From 0 up to but not including 1; 0 says “none”. */
    cutoff(name: string): number {
      const value = find(name) ?? 0
      if (typeof value === 'number' && value >= 0 && value < 1) return value
      throw expected(name, 'a number from 0 to below 1', value)
    },
    texts(name: string): readonly string[] {
      const value = find(name) ?? []
      const list = Array.isArray(value) ? value : [value]
      if (list.every((entry) => typeof entry === 'string' && entry !== '')) return list
      throw expected(name, 'a text, or a list of them', value)
    },
    pair(name: string): readonly [number, number] | null {
      const value = find(name) ?? null
      if (value === null) return null
      if (Array.isArray(value) && value.length === 2 && value.every(Number.isFinite)) return value as [number, number]
      throw expected(name, 'a list of two numbers', value)
    },
    biases(name: string): readonly TokenBias[] {
      const value = find(name)
      if (value === undefined) return []
      const list = Array.isArray(value) ? value : [value]
      const biases = list.map((entry): TokenBias => {
        const [ids, bias] = Array.isArray(entry) ? entry : []
        if (Array.isArray(ids) && ids.length > 0 && ids.every(isId) && typeof bias === 'number') return { ids, bias }
        throw expected(name, 'a list of [token ids, number]', value)
      })
      // Of the same tokens said twice the last counts.
      return [...new Map(biases.map((entry) => [entry.ids.join(), entry])).values()]
    },
    /** One id or several; a negative one says “none”. */
    ids(name: string): readonly number[] {
      const value = find(name)
      if (value === undefined) return []
      const list = Array.isArray(value) ? value : [value]
      if (!list.every(isId)) throw expected(name, 'a token id, or a list of them', value)
      return list.filter((id) => id >= 0)
    },
    lists(name: string): readonly (readonly number[])[] {
      const value = find(name)
      if (value === undefined) return []
      if (
        !Array.isArray(value) ||
        !value.every((entry) => Array.isArray(entry) && entry.length > 0 && entry.every(isId))
      )
        throw expected(name, 'a list of lists of token ids', value)
      return value
    },
  }
}
