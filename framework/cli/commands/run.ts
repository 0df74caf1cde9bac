/** `spaces run`: one model on some files, from the command line. */

import { nearest } from '#core/nearest.ts'
import { createBar, resolveModel } from '#vision/hub/index.ts'
import { pipeline, type TaskName } from '#vision/index.ts'
import { isTaskName, TASKS } from '#vision/tasks.ts'
import { callsOf, readDtype, stemOf, writeMedia } from '../call-task.ts'
import { defineCommand, EXIT, flag, UsageError } from '../command.ts'
import { print } from '../terminal.ts'

export default defineCommand({
  name: 'run',
  summary: 'Run a model on files and print what it answers as JSON',
  usage: '<task> <model> [file …]',
  about: [
    'The model is a folder or an id on the Hub. Pictures, masks and tensors of the answer are written next to the file',
    '(photo.depth.png) and named in the JSON. One file prints its answer; several print a list of { file, answer }.',
    `Tasks: ${Object.keys(TASKS).join(', ')}.`,
    'text-to-image takes a prompt in place of a file, unconditional-image-generation nothing.',
  ].join('\n'),
  args: { min: 2, max: 10_000 },
  flags: {
    labels: flag.text('Zero-shot tasks: what to look for', '<a,b,…>'),
    question: flag.text('Question answering: the question'),
    query: flag.text('Image-guided tasks: the picture of what to look for', '<file>'),
    options: flag.text('Options of the task', '<json>'),
    dtype: flag.text('The weights to take, e.g. fp16 or q8 (fp32 where there are such)', '<dtype>'),
    revision: flag.text('Branch, tag or commit of a model on the Hub', '<name>'),
    out: flag.text('Folder for the files of the answer', '<folder>'),
  },
  async run({ args: [name = '', model = '', ...subjects], flags }) {
    const task = readTask(name)
    const calls = callsOf(task, subjects, flags)
    const dtype = readDtype(flags.dtype)
    await using pipe = await open(task, model, dtype, flags.revision)
    const call = pipe as unknown as (...args: unknown[]) => Promise<unknown>
    const answers: { file: string | undefined; answer: unknown }[] = []
    for (const [index, args] of calls.entries()) {
      const file = subjects[index]
      answers.push({ file, answer: await writeMedia(await call(...args), stemOf(file, task, flags.out)) })
    }
    print(JSON.stringify(answers.length === 1 ? answers[0]?.answer : answers, null, 2))
    return EXIT.ok
  },
})

function readTask(name: string): TaskName {
  if (isTaskName(name)) return name
  const known = Object.keys(TASKS)
  throw new UsageError(`There is no task “${name}”. ${nearest(name, known) || `There are ${known.join(', ')}.`}`)
}

/** Fetches with a bar in the terminal; the pipeline then takes the same commit out of the cache. */
async function open(task: TaskName, model: string, dtype: ReturnType<typeof readDtype>, wanted: string | undefined) {
  const bar = createBar(model)
  try {
    const { commit } = await resolveModel(model, { task, dtype, revision: wanted, onProgress: bar.onProgress })
    const revision = commit ?? undefined
    return await pipeline(task, model, { ...(dtype ? { dtype } : {}), ...(revision ? { revision } : {}) })
  } finally {
    bar.end()
  }
}
