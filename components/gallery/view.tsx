import { useRef, useState } from 'preact/hooks'
import type { ViewProps } from '#core/component.ts'
import { Blank } from '#ui/blank.tsx'
import { DropZone, FilePicker } from '#ui/drop-zone.tsx'
import { Icon } from '#ui/icon.tsx'
import { IconButton } from '#ui/icon-button.tsx'
import { clear, plus } from '#ui/icons.ts'
import { refusalOf } from '#ui/transfer.ts'
import { useDrop } from '#ui/use-drop.ts'
import { useLazy } from '#ui/use-lazy.ts'
import { useUploads } from '#ui/use-uploads.ts'
import type { Gallery, GalleryEntry } from './definition.ts'

type Props = ViewProps<typeof Gallery>

export default function GalleryView(props: Props) {
  if (!props.readOnly) return <Asked {...props} />
  const { value, state } = props
  if (!value?.length)
    return (
      <Blank state={state} size="picture">
        {value ? 'No pictures.' : 'The pictures appear here.'}
      </Blank>
    )
  return <Grid {...props} entries={value} />
}

function Asked(props: Props) {
  const { id, value, options, problem, describedBy, set, emit, complain, maxBytes } = props
  // Beside pictures that are in order a refused one is no fault of the field: it is told, and the run may go on.
  const [refused, setRefused] = useState<string | null>(null)
  const say = (reason: string | null) => {
    setRefused(reason)
    complain(latest.current.length ? null : reason)
  }
  const uploads = useUploads({ upload: props.upload, complain: say })
  const entries = value ?? []
  // Uploads end in any order, and each adds to what is there by then.
  const latest = useRef(entries)
  latest.current = entries
  const put = (next: readonly GalleryEntry[]) => {
    latest.current = next
    set(next.length ? next : null)
    emit('change')
  }

  const take = (files: readonly File[]) => {
    const room = options.maxItems - latest.current.length - uploads.running.length
    const refusal = files.map((file) => refusalOf(file, maxBytes)).find((reason) => reason !== null)
    const fitting = files.filter((file) => refusalOf(file, maxBytes) === null)
    const tooMany = fitting.length > room ? `Expected at most ${options.maxItems} pictures.` : null
    say(refusal ?? tooMany)
    // All travel at once; each is added after those before it, so that the order is that of the drop.
    let added = Promise.resolve()
    for (const file of fitting.slice(0, Math.max(0, room))) {
      const sent = uploads.send(file)
      added = added.then(async () => {
        const image = await sent
        if (!image) return
        put([...latest.current, { image, caption: null }])
        emit('upload')
      })
    }
  }
  const remove = (entry: GalleryEntry) => {
    say(null)
    uploads.forget(entry.image)
    put(latest.current.filter((one) => one !== entry))
  }

  const { over, handlers } = useDrop({ enabled: true, paste: true, onFiles: take })
  const picker = { id, describedBy, invalid: problem !== null, multiple: true, onFiles: take }
  const empty = entries.length + uploads.running.length === 0
  return (
    <div {...handlers} class={over ? 'gallery-field over' : 'gallery-field'}>
      {empty ? (
        <DropZone {...picker} what="pictures" maxBytes={maxBytes} over={over} picks />
      ) : (
        <Grid {...props} entries={entries} previewOf={uploads.previewOf} onRemove={remove}>
          {uploads.running.map(({ key, name, preview, fraction }) => (
            <li key={key} class="tile" aria-busy="true">
              <img src={preview} alt={name} />
              <progress value={fraction} aria-label={`Sending ${name}`} />
              <IconButton icon={clear} label={`Cancel ${name}`} onClick={() => uploads.cancel(key)} />
            </li>
          ))}
          {entries.length < options.maxItems && (
            <li>
              <FilePicker {...picker} class="tile add" label="Add pictures">
                <Icon path={plus} />
              </FilePicker>
            </li>
          )}
        </Grid>
      )}
      {refused !== null && problem === null && (
        <p role="status" class="gallery-refused">
          {refused}
        </p>
      )}
    </div>
  )
}

interface GridProps extends Props {
  entries: readonly GalleryEntry[]
  previewOf?: ReturnType<typeof useUploads>['previewOf']
  onRemove?(entry: GalleryEntry): void
  children?: preact.ComponentChildren
}

function Grid({ entries, options, label, urlOf, emit, previewOf, onRemove, children }: GridProps) {
  const lightbox = useLazy(() => import('#ui/lightbox.tsx'))
  const [start, setStart] = useState(0)
  const urls = entries.map(({ image }) => previewOf?.(image) ?? urlOf(image))
  const slides = entries.map(({ image, caption }, index) => ({ url: urls[index] ?? '', name: image.name, caption }))
  return (
    <>
      <ul class="gallery" aria-label={label} style={options.columns ? { '--columns': options.columns } : {}}>
        {entries.map((entry, index) => (
          <li key={keyOf(entries, index)} class="tile">
            <button
              type="button"
              aria-label={`Open ${entry.caption ?? entry.image.name}`}
              onClick={() => {
                setStart(index)
                lightbox.open()
                emit('select')
              }}
            >
              <img src={thumbOf(urls[index] ?? '')} alt="" loading="lazy" />
              {entry.caption && <span class="caption">{entry.caption}</span>}
            </button>
            {onRemove && (
              <IconButton
                icon={clear}
                label={`Remove ${entry.caption ?? entry.image.name}`}
                onClick={() => onRemove(entry)}
              />
            )}
          </li>
        ))}
        {children}
      </ul>
      {lightbox.Shown && <lightbox.Shown slides={slides} start={start} onClose={lightbox.close} />}
    </>
  )
}

/** An answer may name one file twice; all others keep their key when a picture before them goes. */
function keyOf(entries: readonly GalleryEntry[], index: number): string {
  const id = entries[index]?.image.id ?? ''
  return entries.findIndex(({ image }) => image.id === id) === index ? id : `${id} ${index}`
}

/** A tile is small: the server scales it down. Local previews are at hand whole. */
const thumbOf = (url: string) =>
  url.startsWith('blob:') || url.startsWith('data:') ? url : `${url}${url.includes('?') ? '&' : '?'}thumb=336`
