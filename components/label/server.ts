import { defineCodec } from '#core/component.ts'
import { expected } from '#core/errors.ts'
import { Label, type LabelRow } from './definition.ts'

const WANTS = 'labels as [{ label, score }], scores by label, or one label as text'

export default defineCodec(Label, {
  encode(value, { top }, _files, path) {
    if (typeof value === 'string') return [{ label: value, score: null }]
    if (typeof value !== 'object' || value === null) throw expected(path, WANTS, value)
    const rows = Array.isArray(value)
      ? value.map((row: unknown, index) => rowOf(row, `${path}[${index}]`))
      : Object.entries(value).map(([label, score]) => rowOf({ label, score }, `${path}.${label}`))
    return rows.sort((a, b) => (b.score ?? 0) - (a.score ?? 0)).slice(0, top)
  },
})

function rowOf(row: unknown, path: string): LabelRow {
  const { label, score } = (row ?? {}) as { label?: unknown; score?: unknown }
  if (typeof label !== 'string') throw expected(path, 'a label with its score, { label, score }', row)
  if (typeof score !== 'number' || !Number.isFinite(score)) throw expected(path, 'a finite number as the score', score)
  return { label, score }
}
