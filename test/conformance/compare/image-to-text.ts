import { defineComparer, Findings } from '../comparer.ts'

export default defineComparer({
  compare(answer, { reference }) {
    const findings = new Findings()
    findings.equal('text', answer, reference.output)
    return findings.result
  },
})
