import type { ViewProps } from '#core/component.ts'
import { Blank } from '#ui/blank.tsx'
import type { radio } from './definition.ts'

export default function RadioView(props: ViewProps<typeof radio>) {
  const { id, label, value, options, readOnly, state, problem, describedBy, set, emit } = props
  const { choices } = options
  if (readOnly && value === null)
    return (
      <Blank state={state} size="line">
        The choice appears here.
      </Blank>
    )
  // The first choice stands for all where none is chosen: it is where the Tab key arrives.
  const focusable = Math.max(
    0,
    choices.findIndex((choice) => choice.value === value),
  )
  return (
    <div
      class="radio"
      role="radiogroup"
      aria-label={label}
      aria-describedby={describedBy}
      aria-invalid={problem !== null}
      aria-readonly={readOnly}
    >
      {choices.map((choice, index) => (
        <label key={choice.value} class="chip">
          <input
            type="radio"
            {...(index === focusable ? { id } : {})}
            name={id}
            class="visually-hidden"
            checked={choice.value === value}
            disabled={readOnly && choice.value !== value}
            onChange={() => {
              set(choice.value)
              emit('change')
            }}
          />
          {choice.label}
        </label>
      ))}
    </div>
  )
}
