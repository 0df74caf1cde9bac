/** Values as the page shows them. One way of writing for all, so that the server's page and the browser's agree. */

/** Bytes in the largest decimal unit that keeps the number readable: `235 KB`, `1.6 MB`. */
export function formatBytes(count: number): string {
  const units = ['B', 'KB', 'MB', 'GB']
  let value = count
  let unit = 0
  while (Math.round(value) >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit > 1 && value < 10 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} ${units[unit]}`
}

/** A share of 1 with one decimal: `71.4 %`. What would round to nothing, or to all, says so. */
export function formatPercent(share: number): string {
  if (share > 0 && share < 0.0005) return '< 0.1 %'
  if (share < 1 && share >= 0.9995) return '> 99.9 %'
  return `${(share * 100).toFixed(1)} %`
}

/** Grouped by thousands, and with as many decimals as the size of the number makes worth reading: `1,234`, `38.2`, `0.00123`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size !== 0 && (size >= 1e15 || size < 1e-6)) return value.toExponential(2)
  const limits =
    Number.isInteger(value) || size < 1
      ? { maximumSignificantDigits: size < 1 ? 3 : 21 }
      : { maximumFractionDigits: size < 100 ? 2 : 1 }
  return value.toLocaleString('en', limits)
}

/** `451 × 300 · 235 KB` */
export function formatPicture({
  width,
  height,
  byteLength,
}: {
  width?: number
  height?: number
  byteLength: number
}): string {
  const size = formatBytes(byteLength)
  return width === undefined || height === undefined ? size : `${width} × ${height} · ${size}`
}
