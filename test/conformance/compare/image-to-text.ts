import { defineComparer, Findings } from '../comparer.ts'

const textOf = (entry: unknown): unknown =>
  typeof entry === 'object' && entry !== null ? (entry as { generated_text?: unknown }).generated_text : entry

export default defineComparer({
  compare(answer, { reference }) {
    const wanted = Array.isArray(reference.output) ? reference.output : [reference.output]
    const findings = new Findings()
    findings.equal('text', (answer as readonly unknown[]).map(textOf), wanted.map(textOf))
    return findings.result
  },
})
