import type { Tensor } from '../../../framework/vision/task.ts'
import { defineComparer, Findings } from '../comparer.ts'

type Nested = number | readonly Nested[]

const dimsOf = (value: Nested): number[] =>
  typeof value === 'number' ? [] : [value.length, ...(value[0] === undefined ? [] : dimsOf(value[0]))]

export default defineComparer({
  compare(answer, { reference }) {
    const { dims, data } = answer as Tensor<'float32'>
    const wanted = reference.output as readonly Nested[]
    const findings = new Findings()
    findings.equal('dims', dims, dimsOf(wanted))
    const values = wanted.flat(Number.POSITIVE_INFINITY as 10) as number[]
    findings.allWithin('value', data, values, reference.tolerance.value ?? 2e-5)
    return findings.result
  },
})
