/**
 * Every error that this project raises on purpose. A code is permanent: clients and logs rely on it.
 * `message` says what was expected and what came, `hint` what to do next; both are shown to visitors as they are,
 * so neither may carry a path of the server's disk or a stack. `status` is the HTTP status of the same failure.
 */

export interface ErrorEntry<Details = never> {
  readonly title: string
  readonly status: number
  message(details: Details): string
  hint(details: Details): string
}

const entry = <Details>(value: ErrorEntry<Details>): ErrorEntry<Details> => value

/** What was expected at a path, and what came instead. */
export interface Mismatch {
  /** Where, in the words of the space: `inputs.photo`, `inputs.passes: options.step`. */
  path: string
  expected: string
  got: string
  /** What to do. Left out where the expectation says it all. */
  hint?: string
}

export const ERRORS = {
  'invalid-value': entry<Mismatch>({
    title: 'A value does not fit',
    status: 422,
    message: ({ path, expected, got }) => `${path}: expected ${expected}, got ${got}.`,
    hint: ({ hint, expected }) => hint ?? `Give ${expected}.`,
  }),
  'invalid-declaration': entry<{ problems: readonly string[]; file?: string }>({
    title: 'The space is not declared right',
    status: 500,
    message: ({ problems, file }) =>
      `${file ? `${file}: ` : ''}${problems.length === 1 ? 'one problem' : `${problems.length} problems`}.\n${problems.map((line) => `  - ${line}`).join('\n')}`,
    hint: () => 'Correct the lines above and save the file.',
  }),
  'input-missing': entry<{ path: string; label: string }>({
    title: 'A required input is empty',
    status: 422,
    message: ({ path, label }) => `${path}: expected a value for “${label}”, got nothing.`,
    hint: ({ label }) => `Fill in “${label}”, or pick one of the examples.`,
  }),
  'input-unknown': entry<{ name: string; known: readonly string[] }>({
    title: 'There is no such input',
    status: 422,
    message: ({ name, known }) => `inputs: expected the fields ${listed(known)}, got “${name}”.`,
    hint: ({ known }) => (known.length ? `Name one of ${listed(known)}.` : 'Send no inputs.'),
  }),
  'output-invalid': entry<{ path: string; expected: string; got: string }>({
    title: 'The task answered with a value that does not fit',
    status: 500,
    message: ({ path, expected, got }) => `${path}: expected ${expected}, got ${got}.`,
    hint: ({ path }) => `Return a fitting value for ${path} from run().`,
  }),
  refused: entry<{ message: string; hint?: string }>({
    title: 'The task refused',
    status: 422,
    message: ({ message }) => message,
    hint: ({ hint }) => hint ?? 'Change the inputs and try again.',
  }),
  'run-failed': entry<Record<string, never>>({
    title: 'Something went wrong while running',
    status: 500,
    message: () => 'The task stopped with an error of its own.',
    hint: () => 'Try again; if it stays, tell the author of this page the reference.',
  }),
  'run-timeout': entry<{ seconds: number }>({
    title: 'The task took too long',
    status: 504,
    message: ({ seconds }) => `The task was stopped after ${seconds} s, its time limit.`,
    hint: () => 'Try a smaller input.',
  }),
  'setup-failed': entry<{ reason: string }>({
    title: 'The space could not get ready',
    status: 503,
    message: ({ reason }) => `setup() failed: ${reason}`,
    hint: () => 'The author sees the whole error in the terminal. It is tried again with the next run.',
  }),
  'queue-full': entry<{ limit: number }>({
    title: 'Too many people are waiting',
    status: 503,
    message: ({ limit }) => `The queue holds at most ${limit} runs, and it is full.`,
    hint: () => 'Try again in a moment.',
  }),
  'too-many': entry<{ what: string; limit: number }>({
    title: 'That is too much at once',
    status: 429,
    message: ({ what, limit }) => `${what}: expected at most ${limit} for one visitor, got more.`,
    hint: () => 'Wait until one of them has ended.',
  }),
  'task-unknown': entry<{ task: string; known: readonly string[] }>({
    title: 'There is no such task',
    status: 404,
    message: ({ task, known }) => `task: expected ${listed(known)}, got “${task}”.`,
    hint: ({ known }) => `Call ${listed(known)}.`,
  }),
  'page-unknown': entry<{ path: string; known: string }>({
    title: 'There is nothing here',
    status: 404,
    message: ({ path, known }) => `${path}: expected ${known}, got another address.`,
    hint: () => 'Check the address.',
  }),
  'file-type': entry<{ path: string; expected: string; got: string; name: string }>({
    title: 'This is another kind of file',
    status: 415,
    message: ({ path, expected, got, name }) => `${path}: expected ${expected}, got ${got}${name ? ` (${name})` : ''}.`,
    hint: ({ expected }) => `Choose ${expected}.`,
  }),
  'file-broken': entry<{ path: string; expected: string; reason: string; name?: string }>({
    title: 'The file is damaged',
    status: 422,
    message: ({ path, expected, reason, name }) =>
      `${path}: expected ${expected}, got a file that cannot be read${name ? ` (${name})` : ''}: ${reason}.`,
    hint: () => 'Open it in another program to check it, save it again, or choose another file.',
  }),
  'file-too-large': entry<{ path: string; maxBytes: number; byteLength?: number }>({
    title: 'The file is too large',
    status: 413,
    message: ({ path, maxBytes, byteLength }) =>
      `${path}: expected at most ${bytes(maxBytes)}, got ${byteLength === undefined ? 'more than that' : bytes(byteLength)}.`,
    hint: () => 'Choose a smaller file.',
  }),
  'image-too-large': entry<{ path: string; width: number; height: number; maxPixels: number; maxSide?: number }>({
    title: 'The picture is too large',
    status: 413,
    message: ({ path, width, height, maxPixels, maxSide }) => {
      const most = maxSide ? `${maxSide} pixels a side` : `${Math.round(maxPixels / 1e6)} megapixels`
      return `${path}: expected a picture of at most ${most}, got ${width} x ${height}.`
    },
    hint: () => 'Scale the picture down first.',
  }),
  'file-gone': entry<{ path: string }>({
    title: 'The file is no longer here',
    status: 404,
    message: ({ path }) =>
      `${path}: expected a file that you uploaded in this session, got one that is unknown or has expired.`,
    hint: () => 'Upload the file again.',
  }),
  'package-missing': entry<{ path: string; name: string; purpose: string }>({
    title: 'A package that this needs is not installed',
    status: 501,
    message: ({ path, name, purpose }) => `${path}: ${purpose} needs the package ${name}, got none.`,
    hint: ({ name }) => `Run npm install ${name} beside the space.`,
  }),
  'media-missing': entry<{ path: string; name: string; reason?: string }>({
    title: 'The file cannot be found',
    status: 404,
    message: ({ path, name, reason }) =>
      `${path}: expected a file that can be read, got none at “${name}”${reason ? ` (${reason})` : ''}.`,
    hint: ({ name }) =>
      /^\w+:\/\//.test(name)
        ? 'Check the address: it must answer without signing in.'
        : 'Check the path: it is relative to the space’s folder, elsewhere to the working directory.',
  }),
  'message-invalid': entry<{ expected: string; got: string; hint?: string }>({
    title: 'The message cannot be understood',
    status: 400,
    message: ({ expected, got }) => `message: expected ${expected}, got ${got}.`,
    hint: ({ hint }) => hint ?? 'See the protocol at the top of framework/core/protocol.ts.',
  }),
  'message-too-large': entry<{ maxBytes: number }>({
    title: 'The message is too large',
    status: 413,
    message: ({ maxBytes }) => `message: expected at most ${bytes(maxBytes)}, got more.`,
    hint: () => 'Send files by upload and name them in the message.',
  }),
  'not-allowed': entry<{ reason: string }>({
    title: 'That is not allowed',
    status: 403,
    message: ({ reason }) => reason,
    hint: () => 'Open the page itself and try there.',
  }),
  'session-lost': entry<Record<string, never>>({
    title: 'The connection was away for too long',
    status: 410,
    message: () => 'The server no longer has the messages that this page missed.',
    hint: () => 'Run it again.',
  }),
  'server-closing': entry<Record<string, never>>({
    title: 'The server is shutting down',
    status: 503,
    message: () => 'The server was stopped before this run could end.',
    hint: () => 'Run it again when the server is back.',
  }),
  'space-broken': entry<{ file: string; reason: string; frame?: string }>({
    title: 'The space file does not load',
    status: 500,
    message: ({ file, reason }) => `${file}: ${reason}`,
    hint: () => 'Correct the file and save it.',
  }),
  'worker-crashed': entry<{ reason: string }>({
    title: 'The model’s worker stopped',
    status: 500,
    message: ({ reason }) => `The worker that runs the model stopped: ${reason}. A new one is started.`,
    hint: () => 'Run it again.',
  }),
  'task-unsupported': entry<{ task: string; known: readonly string[]; hint?: string }>({
    title: 'There is no such vision task',
    status: 500,
    message: ({ task, known }) => `pipeline: expected a task out of ${listed(known)}, got “${task}”.`,
    hint: ({ hint }) => hint ?? 'Check the spelling of the task.',
  }),
  'pipeline-disposed': entry<{ task: string }>({
    title: 'The model is closed',
    status: 500,
    message: ({ task }) => `${task}: expected an open pipeline, got one that has been disposed of.`,
    hint: () => 'Open it again with pipeline(…), or dispose of it later.',
  }),
  'model-missing': entry<{ model: string; reason: string; hint?: string }>({
    title: 'The model cannot be found',
    status: 500,
    message: ({ model, reason }) => `model “${model}”: ${reason}.`,
    hint: ({ hint }) => hint ?? 'Give the path of a model folder, or the id of a repository on the Hub.',
  }),
  'model-file-missing': entry<{
    model: string
    file: string
    found?: readonly string[]
    /** What there is of this graph, where another dtype would do. */
    dtypes?: readonly string[]
  }>({
    title: 'The model lacks a file',
    status: 500,
    message: ({ model, file, found }) =>
      `model “${model}”: expected the file ${file}, got ${found?.length ? `a folder with ${listed(found)}` : 'none'}.`,
    hint: ({ file, found, dtypes }) => {
      if (dtypes?.length) return `Choose a dtype that it has (${dtypes.join(', ')}), or add ${file} to the model.`
      const isOnlyForOthers = file.endsWith('.onnx') && found?.length && !found.some((name) => name.endsWith('.onnx'))
      if (isOnlyForOthers) return 'Export it to ONNX with Optimum, or look for it under onnx-community on the Hub.'
      return `Add ${file} to the model, or name another model.`
    },
  }),
  'model-offline': entry<{ model: string; file: string; reason: string }>({
    title: 'The model is not in the cache',
    status: 503,
    message: ({ model, file, reason }) => `model “${model}”: expected ${file} in the cache, got nothing; ${reason}.`,
    hint: ({ model }) =>
      `Run “spaces models fetch ${model}” once where the Hub can be reached, or name a local folder.`,
  }),
  'hub-unreachable': entry<{ model: string; endpoint: string; reason: string }>({
    title: 'The Hub cannot be reached',
    status: 503,
    message: ({ model, endpoint, reason }) => `model “${model}”: expected an answer from ${endpoint}, got ${reason}.`,
    hint: () => 'Check the network and HF_ENDPOINT, then try again: what has arrived is kept.',
  }),
  'hub-denied': entry<{ model: string; reason: string; hint: string }>({
    title: 'The Hub does not give this model out',
    status: 502,
    message: ({ model, reason }) => `model “${model}”: ${reason}.`,
    hint: ({ hint }) => hint,
  }),
  'cache-unwritable': entry<{ model: string; reason: string }>({
    title: 'The model cache cannot be written',
    status: 500,
    message: ({ model, reason }) => `model “${model}”: expected a cache with room to write to, got ${reason}.`,
    hint: () => 'Make room with “spaces models clear”, or point HF_HOME to another folder.',
  }),
  'model-unsupported': entry<{ model: string; task: string; type: string; what: string; hint: string }>({
    title: 'Models of this kind do not run here',
    status: 500,
    message: ({ model, task, type, what }) => `model “${model}”: expected a model for ${task}, got ${type}, ${what}.`,
    hint: ({ hint }) => hint,
  }),
  'model-broken': entry<{ model: string; file: string; reason: string }>({
    title: 'The model cannot be used',
    status: 500,
    message: ({ model, file, reason }) => `model “${model}”, ${file}: ${reason}.`,
    hint: ({ file }) => `Check that ${file} is complete and made for this task.`,
  }),
} as const satisfies Record<string, ErrorEntry<never>>

export type ErrorCode = keyof typeof ERRORS
export type DetailsOf<C extends ErrorCode> = (typeof ERRORS)[C] extends ErrorEntry<infer D> ? D : never

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => `“${name}”`)
  if (names.length > shown.length) shown.push(`${names.length - shown.length} more`)
  return shown.join(', ') || 'nothing'
}

/** Bytes in the largest decimal unit that keeps the number readable: `235 KB`, `1.6 MB`. */
export function bytes(count: number): string {
  if (count < 1000) return `${count} B`
  if (count < 1e6) return `${Math.round(count / 1e3)} KB`
  const [value, unit] = count < 1e9 ? [count / 1e6, 'MB'] : [count / 1e9, 'GB']
  return `${value < 10 ? value.toFixed(1).replace(/\.0$/, '') : Math.round(value)} ${unit}`
}
