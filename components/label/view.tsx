import { useState } from 'preact/hooks'
import type { ViewProps } from '#core/component.ts'
import { Blank } from '#ui/blank.tsx'
import { formatNumber, formatPercent } from '#ui/format.ts'
import type { Label } from './definition.ts'

export default function LabelView({ value, state, emit }: ViewProps<typeof Label>) {
  const [chosen, choose] = useState<string | null>(null)
  const [best, ...rest] = value ?? []
  if (!best) return <Blank state={state}>{value ? 'No label fits.' : 'The labels appear here.'}</Blank>

  // Scores outside 0..1 are logits or distances: numbers, and bars relative to the largest.
  const rows = [best, ...rest]
  const shares = rows.every(({ score }) => score === null || (score >= 0 && score <= 1))
  const largest = Math.max(...rows.map(({ score }) => Math.abs(score ?? 0))) || 1
  const show = (score: number | null) => (score === null ? '' : shares ? formatPercent(score) : formatNumber(score))
  const width = (score: number | null) => `${(Math.max(0, (score ?? 0) / (shares ? 1 : largest)) * 100).toFixed(1)}%`

  return (
    <div class="label-answer">
      <p class="label-best">
        <b>{best.label}</b> <span class="num">{show(best.score)}</span>
      </p>
      {best.score !== null && (
        <ol class="label-bars">
          {rows.map(({ label, score }, place) => (
            // By place: a bar that grows or shrinks is seen to do so.
            <li key={place}>
              <button
                type="button"
                aria-pressed={chosen === label}
                style={{ '--share': width(score) }}
                onClick={() => {
                  choose(chosen === label ? null : label)
                  emit('select')
                }}
              >
                <span>{label}</span> <span class="num">{show(score)}</span>
              </button>
            </li>
          ))}
        </ol>
      )}
    </div>
  )
}
