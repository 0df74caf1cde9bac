import { defineComparer } from '../comparer.ts'
import { compareGenerated } from '../generated.ts'

export default defineComparer({ compare: compareGenerated })
