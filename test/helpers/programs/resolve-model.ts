// Fetches one model and says so on its output: a process of its own, for tests of several at once or of one that is killed.

import { resolveModel } from '#vision/hub/index.ts'

const { folder, commit } = await resolveModel(process.argv[2] as string, {
  onProgress: ({ file, receivedBytes }) => void process.stdout.write(`${file} ${receivedBytes}\n`),
})
process.stdout.write(`done ${commit} ${folder}\n`)
