/** Finds the view of a kind when the page needs it. One chunk for each folder of components; no kind is named here. */

import type { ComponentType } from 'preact'
import type { ViewProps } from '#core/component.ts'
import type { SpaceManifest } from '#core/manifest.ts'

export type View = ComponentType<ViewProps>

const loaded = new Map<string, View>()

/** The view of a kind that `loadViews` has loaded. */
export function viewOf(kind: string): View | undefined {
  return loaded.get(kind)
}

export const isLoaded = (kind: string) => loaded.has(kind)

/** Loads the views of some kinds, each once. Rejects where a kind has none. */
export async function loadViews(kinds: Iterable<string>): Promise<void> {
  await Promise.all(
    [...new Set(kinds)].map(async (kind) => {
      if (loaded.has(kind)) return
      const module = (await import(`../../components/${kind}/view.tsx`)) as { default: View }
      loaded.set(kind, module.default)
    }),
  )
}

export function kindsOf({ inputs, outputs }: SpaceManifest): string[] {
  return [...new Set([...inputs, ...outputs].filter(isVisible).map(({ kind }) => kind))]
}

export const isVisible = ({ options }: { options: { visible?: boolean } }) => options.visible !== false
