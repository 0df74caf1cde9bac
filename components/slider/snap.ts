/** The nearest value that the track can stand at. Steps count from `min`, as the browser counts them. */
export function snap(value: number, { min, max, step }: { min: number; max: number; step: number }): number {
  const within = Math.min(max, Math.max(min, value))
  const at = (count: number) => Number((min + count * step).toPrecision(12))
  const count = Math.round((within - min) / step)
  return at(count) > max ? at(count - 1) : at(count)
}
