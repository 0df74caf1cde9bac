import { compareScored, defineComparer } from '../comparer.ts'

export default defineComparer({
  compare: (answer, { reference }) => compareScored(answer, reference.output, reference.tolerance),
})
