/** The few drawings of the page's own frame, on a grid of 24. */

const PATHS = {
  code: 'm8 8-4 4 4 4m8-8 4 4-4 4M14 5l-4 14',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8M12 2v2m0 16v2M4.9 4.9l1.4 1.4m11.4 11.4 1.4 1.4M2 12h2m16 0h2M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4',
  moon: 'M20 14a8 8 0 0 1-10-10 8 8 0 1 0 10 10',
  auto: 'M4 4h16v12H4zM9 20h6M12 16v4',
  close: 'M6 6l12 12M18 6 6 18',
  alert: 'M12 4 2.8 19.5h18.4zM12 10v4m0 2.6v.2',
  search: 'M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M20 20l-4.8-4.8',
  down: 'M12 5v14m0 0 5-5m-5 5-5-5',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
