import { useRef, useState } from 'preact/hooks'
import { Dialog } from './dialog.tsx'
import { DownloadButton, IconButton } from './icon-button.tsx'
import { after, before, clear, save } from './icons.ts'

export interface Slide {
  readonly url: string
  /** Under which it is saved. */
  readonly name: string
  readonly caption: string | null
}

/** Pixels that a finger moves before the page is turned. */
const SWIPE = 48

/** Pictures on the full screen: arrow keys and a swipe turn the pages, Home and End go to the first and the last, Esc closes. */
export default function Lightbox(props: { slides: readonly Slide[]; start?: number; onClose(): void }) {
  const { slides, start = 0, onClose } = props
  const [chosen, choose] = useState(start)
  const swipeFrom = useRef<number | null>(null)
  const count = slides.length
  // A stream may take pictures away while one of them is looked at.
  const index = Math.min(chosen, count - 1)
  const slide = slides[index]
  if (!slide) return null
  const { url, name, caption } = slide
  const go = (by: number) => choose((index + by + count) % count)
  const steps: Record<string, () => void> = {
    ArrowLeft: () => go(-1),
    ArrowRight: () => go(1),
    Home: () => choose(0),
    End: () => choose(count - 1),
  }

  return (
    <Dialog label={caption ?? name} class="lightbox" onClose={onClose} onKey={(key) => steps[key]?.()}>
      <div class="lightbox-bar">
        <span aria-live="polite">
          {name}
          {count > 1 ? ` · ${index + 1} of ${count}` : ''}
        </span>
        <DownloadButton icon={save} label="Download" href={url} name={name} />
        <IconButton icon={clear} label="Close" onClick={onClose} />
      </div>
      <img
        src={url}
        alt={caption ?? name}
        draggable={false}
        onPointerDown={({ clientX, isPrimary }) => {
          swipeFrom.current = isPrimary ? clientX : null
        }}
        onPointerUp={({ clientX }) => {
          const by = swipeFrom.current === null ? 0 : clientX - swipeFrom.current
          swipeFrom.current = null
          if (Math.abs(by) > SWIPE) go(by > 0 ? -1 : 1)
        }}
      />
      {count > 1 && <IconButton icon={before} class="before" label="Previous picture" onClick={() => go(-1)} />}
      {count > 1 && <IconButton icon={after} class="after" label="Next picture" onClick={() => go(1)} />}
      {caption && <p>{caption}</p>}
    </Dialog>
  )
}
