/** Progress as a task reports it. */

export interface Progress {
  /** @param fraction - 0..1, how much is done. @param note - the step under way, shown beside the bar. */
  (fraction: number, note?: string): void
  /** Walks a list and reports each step: `for (const tile of progress.over(tiles, 'Sharpening'))`. */
  over<T>(items: readonly T[], note?: string): Iterable<T>
}

export function createProgress(report: (fraction: number, note: string) => void): Progress {
  let lastNote = ''
  const progress = (fraction: number, note = lastNote) => {
    lastNote = note
    report(Math.min(1, Math.max(0, Number.isFinite(fraction) ? fraction : 0)), note)
  }
  return Object.assign(progress, {
    *over<T>(items: readonly T[], note?: string) {
      for (const [index, item] of items.entries()) {
        progress(index / items.length, note)
        yield item
      }
      progress(1, note)
    },
  })
}
