import type { Image } from '../../../framework/core/media.ts'
import { defineComparer, Findings } from '../comparer.ts'
import { comparePicture } from '../pictures.ts'

export default defineComparer({
  async compare(answer, of) {
    const { output, tolerance } = of.reference
    const findings = new Findings()
    await comparePicture(findings, of, answer as Image, output, { tolerance: tolerance.image ?? 1 })
    return findings.result
  },
})
