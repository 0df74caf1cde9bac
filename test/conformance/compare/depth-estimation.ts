import type { Depth } from '../../../framework/vision/tasks/depth-estimation.ts'
import { defineComparer, Findings } from '../comparer.ts'
import { readGrey } from '../entries.ts'
import { fileOf } from '../record.ts'
import { valuesOf } from '../values.ts'

export default defineComparer({
  async compare(answer, of) {
    const { predicted_depth, depth } = answer as Depth
    const wanted = of.reference.output as { predicted_depth: unknown; depth?: string }
    const { tolerance } = of.reference
    const findings = new Findings()
    const exact = valuesOf(of, wanted.predicted_depth)
    findings.equal('dims', predicted_depth.dims, exact.dims.slice(-2))
    findings.allWithin(
      'depth',
      predicted_depth.data,
      exact.data,
      tolerance.predicted_depth ?? rangeOf(exact.data) * 1e-5,
    )
    if (wanted.depth === undefined) return findings.result
    // The picture is compared apart: its unit is another, and a step of one is no error.
    const shown = new Findings()
    const grey = await readGrey(fileOf(of, wanted.depth))
    const { data } = await depth.rgb()
    for (const [i, value] of grey.data.entries()) {
      shown.within(`pixel ${i}`, data[3 * i] as number, value, tolerance.depth ?? 1)
    }
    if (shown.result.problem !== null) findings.wrong(shown.result.problem)
    return findings.result
  },
})

function rangeOf(values: ArrayLike<number>): number {
  let [low, high] = [Infinity, -Infinity]
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i] as number)
    high = Math.max(high, values[i] as number)
  }
  return high - low
}
