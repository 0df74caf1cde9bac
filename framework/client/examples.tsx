/** Rows to try: pictures as a strip, one value as chips, several values as a table. */

import type { FieldManifest, Wires } from '#core/manifest.ts'
import type { FileRef } from '#core/schema.ts'
import { isFileRef, pictureIn, thumbUrl } from './files.ts'
import type { Store } from './store.ts'
import { isVisible } from './views.ts'

export function Examples({ store }: { store: Store }) {
  const { examples, inputs } = store.manifest.value
  const fields = inputs.filter((field) => isVisible(field) && examples.some(({ inputs }) => field.name in inputs))
  const pictures = examples.map(({ inputs }) => pictureIn(inputs))
  const Shape = pictures.some(Boolean) ? Strip : fields.length === 1 ? Chips : Table
  return (
    <div class="examples">
      <h3>Examples</h3>
      <Shape store={store} fields={fields} pictures={pictures} rows={examples.map(({ inputs }) => inputs)} />
    </div>
  )
}

interface ShapeProps {
  readonly store: Store
  readonly fields: readonly FieldManifest[]
  readonly pictures: readonly (FileRef | null)[]
  readonly rows: readonly Wires[]
}

function Strip({ store, fields, pictures, rows }: ShapeProps) {
  return (
    <ul class="strip">
      {rows.map((row, index) => {
        const picture = pictures[index]
        const name = nameOf(row, fields, index)
        return (
          <li key={index}>
            <button
              type="button"
              title={name}
              aria-label={name}
              aria-pressed={store.example.value === index}
              onClick={() => store.choose(index)}
            >
              {picture ? <img src={thumbUrl(picture, 168)} alt="" width="84" height="64" loading="lazy" /> : index + 1}
            </button>
          </li>
        )
      })}
    </ul>
  )
}

function Chips({ store, fields, rows }: ShapeProps) {
  return (
    <ul class="chips">
      {rows.map((row, index) => (
        <li key={index}>
          <button
            type="button"
            class="chip"
            aria-pressed={store.example.value === index}
            onClick={() => store.choose(index)}
          >
            {fields[0] && words(row[fields[0].name])}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Each row is one button: its first cell holds it, and it covers the row. */
function Table({ store, fields, rows }: ShapeProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section class="table" aria-label="Examples" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {fields.map(({ name, label }) => (
              <th key={name} scope="col">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index} aria-current={store.example.value === index}>
              {fields.map(({ name }, column) => (
                <td key={name}>
                  {column ? (
                    words(row[name])
                  ) : (
                    <button
                      type="button"
                      aria-pressed={store.example.value === index}
                      onClick={() => store.choose(index)}
                    >
                      {words(row[name]) || `Example ${index + 1}`}
                    </button>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function nameOf(row: Wires, fields: readonly FieldManifest[], index: number): string {
  const parts = fields.filter(({ name }) => name in row).map(({ name, label }) => `${label} ${words(row[name])}`)
  return [`Example ${index + 1}`, ...parts].join(', ')
}

/** A value in a few words. */
function words(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (isFileRef(value)) return value.name
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return value.toLocaleString('en')
  const pictures = picturesIn(value)
  if (pictures) return pictures
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** A list of pictures by their captions and names: `rocket.jpg, a lion`. */
function picturesIn(value: unknown): string | null {
  if (!Array.isArray(value) || value.length === 0) return null
  const names: string[] = []
  for (const entry of value as unknown[]) {
    const { image = entry, caption } = (entry ?? {}) as { image?: unknown; caption?: unknown }
    if (!isFileRef(image)) return null
    names.push(typeof caption === 'string' && caption ? caption : image.name)
  }
  return words(names.join(', '))
}
