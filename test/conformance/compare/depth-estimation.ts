import { join } from 'node:path'
import type { Depth } from '../../../framework/vision/tasks/depth-estimation.ts'
import { defineComparer, Findings } from '../comparer.ts'
import { readGrey } from '../entries.ts'
import { readNpy } from '../npy.ts'

export default defineComparer({
  async compare(answer, { folder, reference }) {
    const { predicted_depth, depth } = answer as Depth
    const wanted = reference.output as { predicted_depth: string; depth: string }
    const { tolerance } = reference
    const findings = new Findings()
    const exact = readNpy(join(folder, wanted.predicted_depth))
    findings.equal('dims', predicted_depth.dims, exact.dims)
    findings.allWithin('depth', predicted_depth.data, exact.data as Float32Array, tolerance.predicted_depth ?? 1e-4)
    // The picture is compared apart: its unit is another, and a step of one is no error.
    const shown = new Findings()
    const grey = await readGrey(join(folder, wanted.depth))
    const { data } = await depth.rgb()
    for (const [i, value] of grey.data.entries()) {
      shown.within(`pixel ${i}`, data[3 * i] as number, value, tolerance.depth ?? 1)
    }
    if (shown.result.problem !== null) findings.wrong(shown.result.problem)
    return findings.result
  },
})
