import { defineComparer } from '../comparer.ts'
import { compareAnswers } from '../question-answers.ts'

export default defineComparer({ compare: compareAnswers })
