import { Icon } from './icon.tsx'

interface Props {
  icon: string
  /** What it does; read aloud, and shown when the pointer rests on it. */
  label: string
  class?: string
}

export function IconButton({ icon, label, onClick, class: name = '' }: Props & { onClick(): void }) {
  return (
    <button type="button" class={`icon-button ${name}`.trim()} aria-label={label} title={label} onClick={onClick}>
      <Icon path={icon} />
    </button>
  )
}

/** Saves what lies at `href` under `name`. A link, so that the browser's own “save as” works too. */
export function DownloadButton({ icon, label, href, name }: Props & { href: string; name: string }) {
  return (
    <a class="icon-button" href={href} download={name} aria-label={label} title={label}>
      <Icon path={icon} />
    </a>
  )
}
