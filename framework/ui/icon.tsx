/** @param path - one of `icons.ts`. It is decoration: the words stand beside it, or in the button's label. */
export function Icon({ path }: { path: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={path} />
    </svg>
  )
}
