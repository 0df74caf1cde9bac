import type { FoundMasks } from '../../../framework/vision/tasks/mask-generation.ts'
import { defineComparer } from '../comparer.ts'
import { compareEntries } from '../entries.ts'

/** Entries, or lists of masks and scores side by side as Python gives them. */
function entriesOf(output: unknown): unknown {
  if (typeof output !== 'object' || output === null || !('masks' in output)) return output
  const { masks, scores } = output as { masks: readonly string[]; scores?: readonly number[] }
  return masks.map((mask, i) => ({ mask, ...(scores ? { score: scores[i] } : {}) }))
}

export default defineComparer({
  compare(answer, of) {
    const { masks, scores } = answer as FoundMasks
    const found = masks.map((mask, index) => ({ mask, score: scores.data[index] ?? Number.NaN }))
    return compareEntries(found, { ...of, reference: { ...of.reference, output: entriesOf(of.reference.output) } })
  },
})
