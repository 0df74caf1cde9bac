import { join } from 'node:path'
import type { Image } from '../../../framework/core/media.ts'
import { openImage } from '../../../framework/vision/media/open-image.ts'
import { defineComparer, Findings } from '../comparer.ts'

export default defineComparer({
  /** The reference has the padding on; the answer is its top left. */
  async compare(answer, { folder, reference }) {
    const findings = new Findings()
    const ours = await (answer as Image).rgb()
    const theirs = await (await openImage(join(folder, (reference.output as { image: string }).image))).rgb()
    const size = reference.parameters.padded ? reference.detail?.size : reference.detail?.cropped_size
    findings.equal('size', [ours.width, ours.height], size ?? [theirs.width, theirs.height])
    for (let y = 0; y < ours.height; y++) {
      for (let i = 0; i < ours.width * 3; i++) {
        const wanted = theirs.data[y * theirs.width * 3 + i] ?? Number.NaN
        findings.within(`row ${y}`, ours.data[y * ours.width * 3 + i] as number, wanted, reference.tolerance.image ?? 1)
      }
    }
    return findings.result
  },
})
