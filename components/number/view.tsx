import { useState } from 'preact/hooks'
import type { ViewProps } from '#core/component.ts'
import { Blank } from '#ui/blank.tsx'
import { formatNumber } from '#ui/format.ts'
import type { Number as NumberField } from './definition.ts'
import { readNumber, stepped, wantsOf } from './numeric.ts'

export default function NumberView(props: ViewProps<typeof NumberField>) {
  const { value, options, readOnly, state } = props
  if (!readOnly) return <NumberBox {...props} />
  if (value === null)
    return (
      <Blank state={state} size="line">
        The number appears here.
      </Blank>
    )
  return (
    <output id={props.id} class="number-reading num" title={`${value}`}>
      {formatNumber(value)}
      {options.unit && <small> {options.unit}</small>}
    </output>
  )
}

function NumberBox({ id, value, options, problem, describedBy, set, emit, complain }: ViewProps<typeof NumberField>) {
  // What is typed need not be a number yet; it is kept while it is typed, and as long as it is complained about.
  const [draft, setDraft] = useState<string | null>(null)
  const [focused, setFocused] = useState(false)
  const text = draft !== null && (focused || problem !== null) ? draft : value === null ? '' : `${value}`

  const put = (next: number | null) => {
    if (problem !== null) complain(null)
    set(next)
    emit('change')
  }
  const change = (typed: string) => {
    setDraft(typed)
    put(readNumber(typed, options))
  }
  const step = (by: number) => {
    const next = stepped(value, by, options)
    setDraft(`${next}`)
    put(next)
  }
  const check = () => {
    const fits = text.trim() === '' || readNumber(text, options) !== null
    if (!fits) complain(`Expected ${wantsOf(options)}, got “${text}”.`)
    return fits
  }
  const leave = () => {
    setFocused(false)
    if (check()) setDraft(null)
  }
  const keys: Record<string, () => void> = {
    ArrowUp: () => step(1),
    ArrowDown: () => step(-1),
    PageUp: () => step(10),
    PageDown: () => step(-10),
  }

  return (
    <div class="number-box">
      {/* Not type=number: that one swallows what it does not understand, and turns with the mouse wheel. */}
      <input
        id={id}
        class="input num"
        inputMode={options.min !== undefined && options.min >= 0 ? 'decimal' : 'text'}
        autocomplete="off"
        role="spinbutton"
        value={text}
        aria-valuenow={value ?? undefined}
        aria-valuemin={options.min}
        aria-valuemax={options.max}
        aria-invalid={problem !== null}
        aria-describedby={describedBy}
        placeholder={options.placeholder}
        onFocus={() => {
          setDraft(text)
          setFocused(true)
        }}
        onBlur={leave}
        onInput={({ currentTarget }) => change(currentTarget.value)}
        onKeyDown={(event) => {
          const act = keys[event.key]
          if (act) event.preventDefault()
          act?.()
          if (event.key === 'Enter' && check()) emit('submit')
        }}
      />
      {options.unit && <span class="unit">{options.unit}</span>}
    </div>
  )
}
