/** `spaces run`: one model on some files, from the command line. */

import { isSpaceError } from '#core/errors.ts'
import { nearest } from '#core/nearest.ts'
import { createBar, resolveModel } from '#vision/hub/index.ts'
import { type Device, type PipelineOptions, pipeline, type TaskName } from '#vision/index.ts'
import { isTaskName, TASKS } from '#vision/tasks.ts'
import { readOptions, takeOthers } from '../call-options.ts'
import { callsOf, placeOf, readDtype, readSubject, type TaskCallLine } from '../call-task.ts'
import { defineCommand, EXIT, flag, UsageError } from '../command.ts'
import { printProblem } from '../problem.ts'
import { describeLine, TASK_LINES } from '../task-lines.ts'
import { columns, print } from '../terminal.ts'
import { writeMedia } from '../write-media.ts'

const FLAGS = {
  labels: flag.text('Zero-shot tasks: what to look for; as JSON where a label has a comma', '<a,b,…>'),
  question: flag.text('Question answering: the question'),
  query: flag.text('Image-guided tasks: the picture of what to look for', '<file>'),
  points: flag.text('mask-generation: points on one object, in pixels', '<x,y;…>'),
  boxes: flag.text('mask-generation: a box around each object, in pixels', '<l,t,r,b;…>'),
  options: flag.text('Options of the task, all of them at once', '<json>'),
  dtype: flag.text('The weights to take, e.g. fp16 or q8 (default: what the model advises, else fp32)', '<dtype>'),
  device: flag.text('cpu (default), cuda, webgpu, coreml, dml or gpu', '<name>'),
  revision: flag.text('Branch, tag or commit of a model on the Hub', '<name>'),
  subfolder: flag.text('Folder of the graphs inside the model (default: onnx)', '<path>'),
  'model-file-name': flag.text('The graph to take for model.onnx, without dtype and ending', '<name>'),
  out: flag.text('Folder for the files of the answer (default: beside each file)', '<folder>'),
  overwrite: flag.on('Replaces files of the same names; else new ones are numbered'),
}

export default defineCommand({
  name: 'run',
  summary: 'Run a model on files and print what it answers as JSON',
  usage: '<task> <model> [file …] [--<option of the task> <value> …]',
  about: [
    'The model is a folder or an id on the Hub; - as file is standard input. Pictures, masks and tensors of the answer',
    'are written next to the file (photo.depth.png) and named in the JSON. One file prints its answer; several print a',
    'list of { file, answer }, or { file, error } for those that fail, which makes the exit code 1.',
    '',
    'Tasks, what they take, and the options that are used most (every option of the pipeline is taken; values are',
    'numbers, JSON or text):',
    columns(Object.entries(TASK_LINES).map(([name, line]) => [name, describeLine(line)])),
    '',
    'Examples:',
    '  spaces run object-detection onnx-community/rtdetr_r18vd street.jpg --threshold 0.7',
    '  spaces run zero-shot-image-classification ./clip *.jpg --labels "a cat,a dog" > answers.json',
    '  spaces run depth-estimation onnx-community/depth-anything-v2-small photo.jpg --out depth',
    '  spaces run mask-generation Xenova/slimsam-77-uniform photo.jpg --points "450,600"',
    '  curl -s https://example.com/cat.jpg | spaces run image-to-text ./captioner - --max_new_tokens 20',
    '  spaces run text-to-image ./lcm "a house by the sea" --num_inference_steps 4 --seed 7',
  ].join('\n'),
  args: { min: 2, max: 10_000 },
  flags: FLAGS,
  takeOthers,
  async run({ args: [name = '', model = '', ...subjects], flags, others }) {
    const task = readTask(name)
    const options = readOptions(flags.options, others, TASK_LINES[task], Object.keys(FLAGS))
    const calls = callsOf(task, subjects, flags, options)
    await using pipe = await open(task, model, {
      dtype: readDtype(flags.dtype),
      device: flags.device as Device | undefined,
      revision: flags.revision,
      subfolder: flags.subfolder,
      model_file_name: flags['model-file-name'],
    })
    const call = pipe as unknown as (...args: readonly unknown[]) => Promise<unknown>
    const answerTo = async ({ subject, rest }: TaskCallLine) => {
      const given = await readSubject(task, subject)
      return call(...(given === undefined ? rest : [given, ...rest]))
    }
    const write = ({ subject }: TaskCallLine, answer: unknown) =>
      writeMedia(answer, { ...placeOf(subject, task, flags.out), overwrite: flags.overwrite })
    const [only] = calls
    if (only && calls.length === 1) {
      print(JSON.stringify(await write(only, await answerTo(only)), null, 2))
      return EXIT.ok
    }
    return await printAll(calls, answerTo, write)
  },
})

/** Answers asked for at once: while one is in the graph, the pictures of the next ones are decoded. */
const AT_ONCE = 4

/** In the order of the calls. One that fails does not keep the others from their answers. */
async function printAll(
  calls: readonly TaskCallLine[],
  answerTo: (call: TaskCallLine) => Promise<unknown>,
  write: (call: TaskCallLine, answer: unknown) => Promise<unknown>,
): Promise<number> {
  const answers: unknown[] = []
  let code: number = EXIT.ok
  const begin = (call: TaskCallLine) => {
    const answer = answerTo(call)
    // It is looked at when its turn comes.
    answer.catch(() => undefined)
    return answer
  }
  const begun = calls.slice(0, AT_ONCE).map(begin)
  for (const [index, call] of calls.entries()) {
    const { subject: file } = call
    const next = calls[index + AT_ONCE]
    try {
      answers.push({ file, answer: await write(call, await begun.shift()) })
    } catch (error) {
      if (!isSpaceError(error)) throw error
      printProblem(error)
      answers.push({ file, error: { code: error.code, message: error.message } })
      code = EXIT.failed
    }
    if (next) begun.push(begin(next))
  }
  print(JSON.stringify(answers, null, 2))
  return code
}

function readTask(name: string): TaskName {
  if (isTaskName(name)) return name
  const known = Object.keys(TASKS)
  throw new UsageError(`There is no task “${name}”. ${nearest(name, known) || `There are ${known.join(', ')}.`}`)
}

type Given = {
  readonly [K in 'dtype' | 'device' | 'revision' | 'subfolder' | 'model_file_name']: PipelineOptions[K] | undefined
}

/** Fetches with a bar in the terminal; the pipeline then takes the same commit out of the cache. */
async function open(task: TaskName, model: string, given: Given) {
  const bar = createBar(model)
  try {
    const { commit } = await resolveModel(model, {
      task,
      dtype: given.dtype,
      device: given.device,
      revision: given.revision,
      subfolder: given.subfolder,
      modelFile: given.model_file_name,
      onProgress: bar.onProgress,
    })
    const options = { ...given, revision: commit ?? undefined }
    const entries = Object.entries(options).filter(([, value]) => value !== undefined)
    return await pipeline(task, model, Object.fromEntries(entries) as PipelineOptions)
  } finally {
    bar.end()
  }
}
