import { useState } from 'preact/hooks'
import type { ChoiceValue } from '#core/choices.ts'
import type { ViewProps } from '#core/component.ts'
import { Blank } from '#ui/blank.tsx'
import { Icon } from '#ui/icon.tsx'
import { down } from '#ui/icons.ts'
import type { dropdown } from './definition.ts'

type Props = ViewProps<typeof dropdown>

export default function DropdownView(props: Props) {
  if (props.readOnly) return <Chosen {...props} />
  return props.options.multiple ? <Many {...props} /> : <One {...props} />
}

const listOf = (value: Props['value']): readonly ChoiceValue[] =>
  value === null ? [] : Array.isArray(value) ? value : [value as ChoiceValue]

const labelsOf = ({ value, options }: Props) =>
  options.choices.filter((choice) => listOf(value).includes(choice.value)).map(({ label }) => label)

function Chosen(props: Props) {
  if (props.value === null)
    return (
      <Blank state={props.state} size="line">
        The choice appears here.
      </Blank>
    )
  return (
    <output id={props.id} class="reading">
      {labelsOf(props).join(', ') || '–'}
    </output>
  )
}

function One({ id, value, options, problem, describedBy, set, emit }: Props) {
  const index = options.choices.findIndex((choice) => choice.value === value)
  return (
    <div class="dropdown">
      <select
        id={id}
        class="input"
        value={`${index}`}
        aria-invalid={problem !== null}
        aria-describedby={describedBy}
        onChange={({ currentTarget }) => {
          set(options.choices[Number(currentTarget.value)]?.value ?? null)
          emit('change')
        }}
      >
        {index < 0 && (
          <option value="-1" selected>
            Choose …
          </option>
        )}
        {options.choices.map((choice, at) => (
          <option key={choice.value} value={`${at}`} selected={at === index}>
            {choice.label}
          </option>
        ))}
      </select>
      <Icon path={down} />
    </div>
  )
}

/** A button that opens a list of checkboxes under itself, with a search where the list is long. */
function Many(props: Props) {
  const { id, label, value, options, problem, describedBy, set, emit } = props
  const [open, setOpen] = useState(false)
  const [search, setSearch] = useState('')
  const chosen = listOf(value)
  const found = options.choices.filter((choice) => choice.label.toLowerCase().includes(search.trim().toLowerCase()))
  const toggle = (picked: ChoiceValue) => {
    const next = new Set(chosen)
    if (!next.delete(picked)) next.add(picked)
    // In the order of the choices, whatever the order of the clicks.
    set(options.choices.map((choice) => choice.value).filter((one) => next.has(one)))
    emit('change')
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Esc closes from wherever the focus is inside
    <div
      class="dropdown"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return
        event.stopPropagation()
        setOpen(false)
        event.currentTarget.querySelector('button')?.focus()
      }}
    >
      <button
        type="button"
        id={id}
        class="input"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-describedby={describedBy}
        data-invalid={problem !== null}
        onClick={() => setOpen(!open)}
      >
        {labelsOf(props).join(', ') || 'Choose …'}
      </button>
      <Icon path={down} />
      {open && (
        <fieldset id={`${id}-list`} class="dropdown-list">
          <legend class="visually-hidden">{label}</legend>
          {options.choices.length > 8 && (
            <input
              type="search"
              class="input"
              placeholder="Search"
              aria-label={`Search in ${label}`}
              value={search}
              onInput={({ currentTarget }) => setSearch(currentTarget.value)}
            />
          )}
          {found.map((choice) => (
            <label key={choice.value}>
              <input type="checkbox" checked={chosen.includes(choice.value)} onChange={() => toggle(choice.value)} />
              {choice.label}
            </label>
          ))}
          {found.length === 0 && <p>Nothing fits “{search}”.</p>}
        </fieldset>
      )}
    </div>
  )
}
