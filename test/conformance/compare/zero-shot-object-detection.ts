import { defineComparer } from '../comparer.ts'
import { compareEntries, type Found } from '../entries.ts'

export default defineComparer({ compare: (answer, of) => compareEntries(answer as readonly Found[], of) })
