/** The frame around a view: label, hint and problem. It is the same for every kind; the kind only says how it is named. */

import { useComputed } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import type { FieldState, ViewProps } from '#core/component.ts'
import type { FieldManifest } from '#core/manifest.ts'
import { fileUrl } from './files.ts'
import { type Cell, isEmpty } from './form.ts'
import type { RunState } from './run-state.ts'
import { inputId, startFromPage } from './start.ts'
import type { Store } from './store.ts'
import { viewOf } from './views.ts'

const outputId = (name: string) => `out-${name}`

export function InputField({ store, field }: { store: Store; field: FieldManifest }) {
  const cell = store.input(field.name)
  const id = inputId(field.name)
  const { hint } = field.options
  const problem = cell.problem.value
  const describedBy = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ') || undefined
  return (
    <Frame field={field} id={id} problem={problem}>
      <View store={store} field={field} cell={cell} id={id} readOnly={false} state="idle" describedBy={describedBy} />
    </Frame>
  )
}

export function OutputField({ store, field, alone }: { store: Store; field: FieldManifest; alone: boolean }) {
  const cell = store.output(field.name)
  const id = outputId(field.name)
  const state = useComputed(() => fieldState(store.run.value, cell.fresh.value)).value
  const height = useHeightOfFilled(cell)
  const stale = (state === 'waiting' || state === 'running') && !cell.fresh.value && !isEmpty(cell.value.value)
  return (
    <Frame field={field} id={id} problem={null} named={!alone} stale={stale} boxRef={height.ref} blank={height.last}>
      <View store={store} field={field} cell={cell} id={id} readOnly={true} state={state} describedBy={undefined} />
    </Frame>
  )
}

/** The height that a result took: the skeleton of the next one has the same, so that nothing jumps. */
function useHeightOfFilled(cell: Cell) {
  const ref = useRef<HTMLDivElement>(null)
  const last = useRef<number | null>(null)
  const filled = !isEmpty(cell.value.value)
  useLayoutEffect(() => {
    if (filled && ref.current) last.current = (ref.current.lastElementChild as HTMLElement | null)?.offsetHeight ?? null
  })
  return { ref, last: last.current }
}

interface FrameProps {
  readonly field: FieldManifest
  readonly id: string
  readonly problem: string | null
  /** False where a heading already says the label. */
  readonly named?: boolean
  readonly stale?: boolean
  readonly boxRef?: { current: HTMLDivElement | null }
  readonly blank?: number | null
  readonly children: ComponentChildren
}

function Frame({ field, id, problem, named = true, stale = false, boxRef, blank, children }: FrameProps) {
  const { frame, label, options } = field
  const words = (
    <>
      {label}
      {field.optional && <span class="hint">optional</span>}
      {options.hint && (
        <span class="hint" id={`${id}-hint`}>
          {options.hint}
        </span>
      )}
    </>
  )
  const group = frame === 'group'
  return (
    <div
      ref={boxRef ?? null}
      class={stale ? 'field stale' : 'field'}
      {...(group ? { role: 'group', 'aria-labelledby': `${id}-label` } : {})}
      data-field={field.name}
      style={blank ? { '--blank': `${blank}px` } : undefined}
    >
      {frame === 'label' && (
        <label id={`${id}-label`} for={id} class={named ? 'label' : 'visually-hidden'}>
          {words}
        </label>
      )}
      {group && (
        <span id={`${id}-label`} class={named ? 'label' : 'visually-hidden'}>
          {words}
        </span>
      )}
      {children}
      {frame === 'own' && options.hint && (
        <span class="hint" id={`${id}-hint`}>
          {options.hint}
        </span>
      )}
      {problem && (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      )}
    </div>
  )
}

interface SlotProps {
  readonly store: Store
  readonly field: FieldManifest
  readonly cell: Cell
  readonly id: string
  readonly readOnly: boolean
  readonly state: FieldState
  readonly describedBy: string | undefined
}

function View({ store, field, cell, id, readOnly, state, describedBy }: SlotProps) {
  const Drawn = viewOf(field.kind)
  if (!Drawn) return null
  const props: ViewProps = {
    id,
    label: field.label,
    value: cell.value.value as ViewProps['value'],
    options: field.options as ViewProps['options'],
    readOnly,
    state,
    problem: cell.problem.value,
    describedBy,
    set: (value) => store.set(field.name, value),
    emit: (event) => event === 'submit' && startFromPage(store),
    complain: (problem) => {
      cell.problem.value = problem
    },
    urlOf: fileUrl,
    upload: (file, options) => store.upload(field.name, file, options),
    maxBytes: store.manifest.value.maxBytes,
  }
  return <Drawn {...props} />
}

function fieldState({ at }: RunState, fresh: boolean): FieldState {
  if (at === 'queued' || at === 'uploading') return 'waiting'
  if (at === 'running') return 'running'
  if (at === 'failed') return 'failed'
  return at === 'done' || (at === 'cancelled' && fresh) ? 'done' : 'idle'
}
