import { useState } from 'preact/hooks'
import type { ViewProps } from '#core/component.ts'
import type { JsonValue } from '#core/types.ts'
import { Blank } from '#ui/blank.tsx'
import { CopyButton } from '#ui/copy-button.tsx'
import type { JSON as JSONField } from './definition.ts'

type Props = ViewProps<typeof JSONField>

export default function JSONView(props: Props) {
  const { id, label, value, options, state, readOnly } = props
  if (!readOnly) return <Editor {...props} />
  if (value === null) return <Blank state={state}>The answer appears here.</Blank>
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a long answer scrolls, with the keyboard too
    // biome-ignore lint/a11y/useSemanticElements: a section would stand in the outline of the page
    <div id={id} class="reading json" role="group" aria-label={label} tabIndex={0}>
      <CopyButton text={() => JSON.stringify(value, null, 2)} />
      <Node name={null} value={value} open={options.open} />
    </div>
  )
}

/** Members that are drawn before somebody asks for more: a list of a million would freeze the page. */
const PAGE = 100

function Node({ name, value, open }: { name: string | null; value: JsonValue; open: number }) {
  const [opened, setOpened] = useState(open > 0)
  const [limit, setLimit] = useState(PAGE)
  const key = name !== null && <span class="key">{name}: </span>
  if (typeof value !== 'object' || value === null) {
    return (
      <div class="leaf">
        {key}
        <span class={value === null ? 'null' : typeof value}>{JSON.stringify(value)}</span>
      </div>
    )
  }
  const list = Array.isArray(value)
  const entries = Object.entries(value)
  if (entries.length === 0) {
    return (
      <div class="leaf">
        {key}
        {list ? '[ ]' : '{ }'}
      </div>
    )
  }
  return (
    <details open={opened} onToggle={({ currentTarget }) => setOpened(currentTarget.open)}>
      <summary>
        {key}
        <span class="size">{list ? `[ ${entries.length} ]` : `{ ${entries.length} }`}</span>
      </summary>
      {opened && (
        <div class="inside">
          {entries.slice(0, limit).map(([inner, member]) => (
            <Node key={inner} name={inner} value={member} open={open - 1} />
          ))}
          {entries.length > limit && (
            <button type="button" class="chip" onClick={() => setLimit(limit + PAGE * 5)}>
              {entries.length - limit} more
            </button>
          )}
        </div>
      )}
    </details>
  )
}

function Editor({ id, label, value, problem, describedBy, set, emit, complain }: Props) {
  const [draft, setDraft] = useState<string | null>(null)
  const text = value === null ? '' : JSON.stringify(value, null, 2)
  const leave = () => {
    if (draft === null) return
    try {
      set(draft.trim() === '' ? null : (JSON.parse(draft) as JsonValue))
      complain(null)
      setDraft(null)
      emit('change')
    } catch (error) {
      set(null)
      complain(`Expected JSON: ${(error as Error).message}.`)
    }
  }
  return (
    <textarea
      id={id}
      class="input json-editor"
      aria-label={label}
      rows={6}
      spellcheck={false}
      value={draft ?? text}
      aria-invalid={problem !== null}
      aria-describedby={describedBy}
      onInput={({ currentTarget }) => setDraft(currentTarget.value)}
      onBlur={leave}
    />
  )
}
