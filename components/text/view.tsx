import type { ViewProps } from '#core/component.ts'
import { Blank } from '#ui/blank.tsx'
import { CopyButton } from '#ui/copy-button.tsx'
import type { Text } from './definition.ts'

export default function TextView(props: ViewProps<typeof Text>) {
  const { id, value, options, readOnly, state, problem, describedBy, set, emit } = props
  if (readOnly) {
    if (!value)
      return (
        <Blank state={state} size="line">
          {value === '' ? 'No text.' : 'The text appears here.'}
        </Blank>
      )
    return (
      <div class="reading text-reading">
        <output id={id}>{options.type === 'password' ? '•'.repeat(value.length) : value}</output>
        <CopyButton text={() => value} />
      </div>
    )
  }
  const shared = {
    id,
    class: 'input',
    value: value ?? '',
    'aria-invalid': problem !== null,
    'aria-describedby': describedBy,
    ...(options.placeholder === undefined ? {} : { placeholder: options.placeholder }),
    ...(options.maxLength === undefined ? {} : { maxLength: options.maxLength }),
    onInput: ({ currentTarget }: { currentTarget: { value: string } }) => {
      set(currentTarget.value || null)
      emit('change')
    },
  }
  if (options.lines > 1) return <textarea {...shared} rows={options.lines} style={{ '--lines': options.lines }} />
  return (
    <input
      {...shared}
      // One type out of five: the typings want a literal.
      type={options.type as 'text'}
      onKeyDown={({ key, isComposing }) => key === 'Enter' && !isComposing && emit('submit')}
    />
  )
}
