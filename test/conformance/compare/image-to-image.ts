import type { Image } from '../../../framework/core/media.ts'
import { defineComparer, Findings } from '../comparer.ts'
import { comparePicture } from '../pictures.ts'

export default defineComparer({
  /** The reference may have the padding on; the answer is its top left. */
  async compare(answer, of) {
    const { output, parameters, detail, tolerance } = of.reference
    const findings = new Findings()
    const picture = answer as Image
    const own = [picture.width, picture.height]
    const size = ((parameters.padded ? detail?.size : detail?.cropped_size) ?? own) as readonly number[]
    await comparePicture(findings, of, picture, output, { tolerance: tolerance.image ?? 1, size })
    return findings.result
  },
})
