import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { formatBytes } from './format.ts'
import { Icon } from './icon.tsx'
import { upload } from './icons.ts'

interface PickerProps {
  id: string
  describedBy: string | undefined
  invalid: boolean
  multiple?: boolean
  /** What a button without words does. */
  label?: string
  onFiles(files: File[]): void
}

/** A button that opens the browser's choice of files. The button has the label's `id`; the file input stays out of sight. */
export function FilePicker({
  children,
  class: name = 'chip',
  ...props
}: PickerProps & { children: ComponentChildren; class?: string }) {
  const { id, describedBy, invalid, multiple = false, label, onFiles } = props
  const input = useRef<HTMLInputElement>(null)
  // A file that was chosen before the page had woken up.
  useEffect(() => {
    if (input.current?.files?.length) onFiles(filesIn(input.current))
  }, [])
  return (
    <>
      <button
        type="button"
        id={id}
        class={name}
        aria-describedby={describedBy}
        {...(label ? { 'aria-label': label, title: label } : {})}
        data-invalid={invalid}
        onClick={(event) => {
          event.stopPropagation()
          input.current?.click()
        }}
      >
        {children}
      </button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        class="visually-hidden"
        tabIndex={-1}
        aria-hidden="true"
        multiple={multiple}
        onClick={(event) => event.stopPropagation()}
        onChange={({ currentTarget }) => onFiles(filesIn(currentTarget))}
      />
    </>
  )
}

/** Takes the files out of an input: the same one may be chosen again, after it was cleared. */
function filesIn(input: HTMLInputElement): File[] {
  const files = [...(input.files ?? [])]
  input.value = ''
  return files
}

/** The empty field: says what may be dropped, and offers the other ways. A click anywhere opens the choice of files. */
export function DropZone(
  props: PickerProps & { what: string; maxBytes: number; over: boolean; picks: boolean; children?: ComponentChildren },
) {
  const { what, maxBytes, over, picks, children, ...picker } = props
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a larger target for the pointer; the button inside is the keyboard's
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div
      class={`media drop${over ? ' over' : ''}${props.invalid ? ' invalid' : ''}`}
      onClick={({ currentTarget }) => currentTarget.querySelector('input')?.click()}
    >
      <Icon path={upload} />
      <p>
        <b>
          <span class="by-hand">Add</span>
          <span class="by-mouse">{picks ? 'Drop' : 'Add'}</span> {what}
        </b>
        JPEG, PNG, WebP, AVIF · up to {formatBytes(maxBytes)}
      </p>
      <div class="ways">
        {picks && <FilePicker {...picker}>Choose a file</FilePicker>}
        {children}
      </div>
    </div>
  )
}
