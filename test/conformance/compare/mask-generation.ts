import type { FoundMasks } from '../../../framework/vision/tasks/mask-generation.ts'
import { defineComparer } from '../comparer.ts'
import { compareEntries } from '../entries.ts'

export default defineComparer({
  compare(answer, of) {
    const { masks, scores } = answer as FoundMasks
    const found = masks.map((mask, index) => ({ mask, score: scores.data[index] ?? Number.NaN }))
    return compareEntries(found, of)
  },
})
