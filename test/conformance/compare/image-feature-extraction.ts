import type { Tensor } from '../../../framework/vision/task.ts'
import { defineComparer, Findings } from '../comparer.ts'
import { valuesOf } from '../values.ts'

export default defineComparer({
  compare(answer, of) {
    const { output, tolerance } = of.reference
    const { dims, data } = answer as Tensor<'float32'>
    const wanted = valuesOf(of, output)
    const findings = new Findings()
    findings.equal('dims', dims, wanted.dims)
    findings.allWithin('value', data, wanted.data, tolerance.value ?? 2e-5)
    return findings.result
  },
})
