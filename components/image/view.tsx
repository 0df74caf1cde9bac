import { useEffect } from 'preact/hooks'
import type { ViewProps } from '#core/component.ts'
import type { FileRef } from '#core/schema.ts'
import { Blank } from '#ui/blank.tsx'
import { DropZone, FilePicker } from '#ui/drop-zone.tsx'
import { formatPicture } from '#ui/format.ts'
import { Icon } from '#ui/icon.tsx'
import { DownloadButton, IconButton } from '#ui/icon-button.tsx'
import { camera, clear, expand, paste, save, swap } from '#ui/icons.ts'
import { MediaToolbar } from '#ui/media-toolbar.tsx'
import { readClipboard, refusalOf } from '#ui/transfer.ts'
import { useDrop } from '#ui/use-drop.ts'
import { useLazy } from '#ui/use-lazy.ts'
import { useUploads } from '#ui/use-uploads.ts'
import type { Image } from './definition.ts'

type Props = ViewProps<typeof Image>

export default function ImageView(props: Props) {
  return props.readOnly ? <Shown {...props} /> : <Asked {...props} />
}

function Shown(props: Props) {
  const { value, state, urlOf } = props
  return value ? (
    <Picture {...props} value={value} url={urlOf(value)} />
  ) : (
    <Blank state={state} size="picture">
      The picture appears here.
    </Blank>
  )
}

function Asked(props: Props) {
  const { id, value, options, problem, describedBy, set, emit, complain, maxBytes, urlOf } = props
  const uploads = useUploads(props)
  const cameraDialog = useLazy(() => import('#ui/camera-dialog.tsx'))
  const running = uploads.running.at(-1)
  const has = (source: (typeof options.sources)[number]) => options.sources.includes(source)

  const take = async ([file]: readonly File[]) => {
    if (!file) return
    const refusal = refusalOf(file, maxBytes)
    complain(refusal)
    if (refusal) return
    for (const { key } of uploads.running) uploads.cancel(key)
    const ref = await uploads.send(file)
    if (!ref) return
    set(ref)
    emit('upload')
  }
  const pasteNow = async () => {
    const found = await readClipboard()
    if (typeof found === 'string') complain(found)
    else await take(found)
  }
  const { over, handlers } = useDrop({ enabled: has('upload'), paste: has('paste'), onFiles: take })
  useEffect(() => {
    // Whatever is still on its way is older than what stands here now: the page put it here, an example say.
    for (const { key } of uploads.running) uploads.cancel(key)
    // A picture that was replaced or cleared, here or by the page, needs its local copy no longer.
    return value ? () => uploads.forget(value) : undefined
  }, [value?.id])

  const picker = { id, describedBy, invalid: problem !== null, onFiles: take }
  return (
    <div {...handlers} class="image-field">
      {running ? (
        <Sending {...running} onCancel={() => uploads.cancel(running.key)} />
      ) : value ? (
        <Picture {...props} value={value} url={uploads.previewOf(value) ?? urlOf(value)} over={over}>
          {has('upload') && (
            <FilePicker {...picker} class="icon-button" label="Choose another picture">
              <Icon path={swap} />
            </FilePicker>
          )}
          <IconButton
            icon={clear}
            label="Clear"
            onClick={() => {
              complain(null)
              set(null)
              emit('clear')
            }}
          />
        </Picture>
      ) : (
        <DropZone {...picker} what="a picture" maxBytes={maxBytes} over={over} picks={has('upload')}>
          {has('camera') && (
            <button type="button" class="chip" onClick={stopping(cameraDialog.open)}>
              <Icon path={camera} />
              Camera
            </button>
          )}
          {has('paste') && (
            <button type="button" class="chip" onClick={stopping(pasteNow)}>
              <Icon path={paste} />
              Paste
            </button>
          )}
        </DropZone>
      )}
      {cameraDialog.Shown && <cameraDialog.Shown onPicture={(file) => take([file])} onClose={cameraDialog.close} />}
    </div>
  )
}

/** Keeps a click from the zone around it, which opens the choice of files. */
const stopping = (act: () => unknown) => (event: Event) => {
  event.stopPropagation()
  act()
}

function Sending({
  name,
  preview,
  fraction,
  onCancel,
}: {
  name: string
  preview: string
  fraction: number
  onCancel(): void
}) {
  const percent = Math.round(fraction * 100)
  return (
    <figure class="media" aria-busy="true">
      <img src={preview} alt={name} />
      <MediaToolbar label="Upload">
        <IconButton icon={clear} label="Cancel the upload" onClick={onCancel} />
      </MediaToolbar>
      <figcaption>Sending · {percent} %</figcaption>
      <div
        class="upload-bar"
        role="progressbar"
        aria-label={`Sending ${name}`}
        aria-valuenow={percent}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <i style={{ width: `${percent}%` }} />
      </div>
    </figure>
  )
}

function Picture(props: Props & { value: FileRef; url: string; over?: boolean; children?: preact.ComponentChildren }) {
  const { label, value, url, over, readOnly, emit, urlOf, children } = props
  const lightbox = useLazy(() => import('#ui/lightbox.tsx'))
  const slide = { url, name: value.name, caption: null }
  return (
    <figure class={over ? 'media over' : 'media'}>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the toolbar has the same for the keyboard */}
      <img
        src={url}
        alt={label}
        {...(value.width && value.height ? { width: value.width, height: value.height } : {})}
        onClick={() => emit('select')}
        onError={({ currentTarget }) => {
          // What this browser cannot draw, TIFF for one, the server can give as WebP.
          const drawable = thumbOf(urlOf(value))
          if (!currentTarget.src.endsWith(drawable.slice(1))) currentTarget.src = drawable
        }}
      />
      <MediaToolbar label={`Tools of ${label}`}>
        {readOnly && <DownloadButton icon={save} label="Download" href={url} name={value.name} />}
        <IconButton icon={expand} label="Full screen" onClick={lightbox.open} />
        {children}
      </MediaToolbar>
      <figcaption>{formatPicture(value)}</figcaption>
      {lightbox.Shown && <lightbox.Shown slides={[slide]} onClose={lightbox.close} />}
    </figure>
  )
}

const thumbOf = (url: string) => `${url}${url.includes('?') ? '&' : '?'}thumb=640`
