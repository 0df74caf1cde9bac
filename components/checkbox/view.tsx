import type { ViewProps } from '#core/component.ts'
import type { Checkbox } from './definition.ts'

export default function CheckboxView(props: ViewProps<typeof Checkbox>) {
  const { id, label, value, readOnly, state, problem, describedBy, set, emit } = props
  return (
    <label class="checkbox" aria-busy={value === null && (state === 'waiting' || state === 'running')}>
      {/* Not `disabled`: an answer is to be read, with full contrast and by screen readers. */}
      <input
        type="checkbox"
        id={id}
        checked={value === true}
        aria-readonly={readOnly}
        aria-invalid={problem !== null}
        aria-describedby={describedBy}
        onClick={(event) => readOnly && event.preventDefault()}
        onChange={({ currentTarget }) => {
          set(currentTarget.checked)
          emit('change')
        }}
      />
      <span>{label}</span>
    </label>
  )
}
