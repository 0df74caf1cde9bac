import { useState } from 'preact/hooks'
import type { ViewProps } from '#core/component.ts'
import { Blank } from '#ui/blank.tsx'
import type { Slider } from './definition.ts'
import { snap } from './snap.ts'

export default function SliderView(props: ViewProps<typeof Slider>) {
  const { id, label, value, options, readOnly, state, problem, describedBy, set, emit, complain } = props
  const { min, max, step, unit } = options
  const [draft, setDraft] = useState<string | null>(null)
  if (readOnly && value === null)
    return (
      <Blank state={state} size="line">
        The number appears here.
      </Blank>
    )

  const at = value ?? min
  const put = (next: number) => {
    if (problem !== null) complain(null)
    set(next)
    emit('change')
  }
  // The box clamps: whoever writes 200 where 100 is the end means the end.
  const settle = () => {
    const typed = Number((draft ?? '').trim().replace(',', '.'))
    if (draft?.trim() && Number.isFinite(typed)) put(snap(typed, options))
    setDraft(null)
    emit('release')
  }
  return (
    <div class="slider">
      <input
        type="range"
        id={id}
        min={min}
        max={max}
        step={step}
        value={at}
        disabled={readOnly}
        aria-valuetext={unit ? `${at} ${unit}` : undefined}
        aria-invalid={problem !== null}
        aria-describedby={describedBy}
        style={{ '--at': `${((at - min) / (max - min)) * 100}%` }}
        onInput={({ currentTarget }) => put(currentTarget.valueAsNumber)}
        onChange={() => emit('release')}
      />
      {readOnly ? (
        <output class="num">{at}</output>
      ) : (
        <input
          class="input num"
          inputMode={min >= 0 ? 'decimal' : 'text'}
          autocomplete="off"
          aria-label={`${label}, as a number`}
          style={{ '--digits': Math.max(`${min}`.length, `${max}`.length, `${step}`.length) }}
          value={draft ?? at}
          onInput={({ currentTarget }) => setDraft(currentTarget.value)}
          onBlur={() => draft !== null && settle()}
          onKeyDown={({ key }) => key === 'Enter' && draft !== null && settle()}
        />
      )}
      {unit && <span class="unit">{unit}</span>}
    </div>
  )
}
