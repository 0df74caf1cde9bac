/**
 * The DSL. `space` and `batched` take a declaration, infer everything that `run` sees and owes from it, and refuse what
 * does not fit: at compile time with a sentence, at run time with every problem in one error.
 */

import { SpaceError, show } from './errors.ts'
import type { AnyField, Fields, InputsOf, OutputsOf, SampleOf } from './field.ts'
import { nearest } from './nearest.ts'
import type { Progress } from './progress.ts'
import type { Awaitable, Problem } from './types.ts'

export { nearest }

/** What `run` is given beside its inputs. */
export interface Context<Shared> {
  /** What `setup` gave. */
  readonly shared: Shared
  readonly progress: Progress
  /** Aborted when the visitor cancels, leaves for good, or the time limit is over. */
  readonly signal: AbortSignal
}

/** A `yield` may name some of the outputs, the `return` must name all. */
export type Stream<Out> = AsyncGenerator<Partial<Out>, Out, void>
type Answer<Out> = Awaitable<Out> | Stream<Out>

// biome-ignore lint/suspicious/noExplicitAny: what a generator takes from `next` is of no interest here
type Produced<R> = R extends AsyncGenerator<infer Y, infer T, any> ? Y | T : Awaited<R>
type KeyOf<T> = T extends T ? keyof T : never
type Stray<R, Out> = Exclude<KeyOf<Produced<R>>, keyof Out> & string
type NoStray<R, Out> = [Stray<R, Out>] extends [never]
  ? unknown
  : { run: Problem<`"${Stray<R, Out>}" is not declared in outputs`> }

/** Everything about a space but its task. */
export interface Page<I extends Fields, O extends Fields, Shared> {
  /** The heading of the page, and its name in a gallery. */
  title: string
  /** One or two sentences under the title, in Markdown. */
  summary?: string
  /** A longer text at the foot of the page, in Markdown. */
  article?: string
  inputs: I
  outputs: O
  /**
   * Runs once per process, before the first run. What it gives, or what a list or an object that it gives holds, is disposed
   * when the space is swapped or the server ends.
   */
  setup?: () => Awaitable<Shared>
  /** Rows of input values to try; media are named by path, relative to the space file. */
  examples?: readonly SampleOf<I>[]
  /** The words on the button. Default “Run”. */
  action?: string
  /** What a gallery files it under: `['detection', 'video']`. */
  tags?: readonly string[]
  /** Runs by itself as soon as all required inputs are there, and again when one changes. Default false. */
  live?: boolean
  /** How many runs may be under way at once; others wait in the queue. Default 4. */
  concurrency?: number
  /** Seconds after which a run is stopped. Default: never. */
  timeoutSeconds?: number
}

export interface Batch {
  /** Most rows in one call of `run`. */
  size: number
  /** How long the first row waits for others, in milliseconds. */
  waitMs: number
}

// biome-ignore lint/suspicious/noExplicitAny: the engine calls `run` of any space; authors never see this type
type AnyRun = (inputs: any, context: Context<any>) => unknown

declare const brand: unique symbol

/** A declared space: a plain, frozen record that the engines read. */
export interface Space<I extends Fields = Fields, O extends Fields = Fields> {
  readonly [SPACE]: 'space' | 'batched'
  readonly title: string
  readonly summary: string
  readonly article: string
  readonly inputs: I
  readonly outputs: O
  readonly setup: (() => unknown) | null
  readonly run: AnyRun
  readonly batch: Batch | null
  readonly examples: readonly Readonly<Record<string, unknown>>[]
  readonly action: string
  readonly tags: readonly string[]
  readonly live: boolean
  readonly concurrency: number
  readonly timeoutSeconds: number | null
  readonly [brand]?: [I, O]
}

/** Marks a space; registered, so that two copies of this package know each other's. */
export const SPACE: unique symbol = Symbol.for('spaces.space') as never

// biome-ignore lint/suspicious/noExplicitAny: a space of whatever fields
export type AnySpace = Space<any, any>

export function isSpace(value: unknown): value is AnySpace {
  return typeof value === 'object' && value !== null && SPACE in value
}

/**
 * Declares a space: inputs, outputs and the task between them.
 * @throws SpaceError `invalid-declaration`, naming every problem at once.
 */
export function space<
  const I extends Fields,
  const O extends Fields,
  R extends Answer<OutputsOf<O>>,
  Shared = undefined,
>(
  declaration: Page<I, O, Shared> & { run(inputs: InputsOf<I>, context: Context<Shared>): R } & NoStray<
      R,
      OutputsOf<O>
    >,
): Space<I, O> {
  return declare('space', declaration as unknown as Declaration, null) as unknown as Space<I, O>
}

/**
 * Declares a space whose task takes many visitors' inputs at once: `run` is given up to `batch.size` rows that came
 * within `batch.waitMs` of each other, and answers with as many rows in the same order.
 */
export function batched<const I extends Fields, const O extends Fields, Shared = undefined>(
  declaration: Page<I, O, Shared> & {
    batch: Batch
    run(rows: readonly InputsOf<I>[], context: Context<Shared>): Awaitable<readonly OutputsOf<O>[]>
  },
): Space<I, O> {
  return declare('batched', declaration as unknown as Declaration, declaration.batch) as unknown as Space<I, O>
}

type Declaration = Page<Fields, Fields, unknown> & { run: AnyRun }

const KEYS = [
  'title',
  'summary',
  'article',
  'inputs',
  'outputs',
  'setup',
  'run',
  'examples',
  'action',
  'tags',
  'live',
  'concurrency',
  'timeoutSeconds',
]

function declare(kind: 'space' | 'batched', given: Declaration, batch: Batch | null): Space {
  const problems: string[] = []
  const wrong = (path: string, what: string, got: unknown, hint = '') =>
    problems.push(`${path}: expected ${what}, got ${show(got)}.${hint ? ` ${hint}` : ''}`)

  if (typeof given !== 'object' || given === null) {
    throw new SpaceError('invalid-declaration', {
      problems: [`${kind}(): expected a declaration { title, inputs, outputs, run }, got ${show(given)}.`],
    })
  }
  const known = batch === null && kind === 'space' ? KEYS : [...KEYS, 'batch']
  for (const key of Object.keys(given)) {
    if (!known.includes(key)) wrong(key, `one of ${known.join(', ')}`, key, nearest(key, known))
  }
  if (typeof given.title !== 'string' || given.title.trim() === '')
    wrong('title', 'the heading of the page', given.title)
  for (const key of ['summary', 'article', 'action'] as const) {
    if (given[key] !== undefined && typeof given[key] !== 'string') wrong(key, 'text', given[key])
  }
  const { tags = [] } = given
  if (!Array.isArray(tags) || tags.some((tag) => typeof tag !== 'string')) wrong('tags', 'a list of words', tags)
  if (given.live !== undefined && typeof given.live !== 'boolean') wrong('live', 'true or false', given.live)
  if (typeof given.run !== 'function')
    wrong('run', 'the task, a function of the inputs', given.run, 'Add run({ … }) { return { … } }.')
  if (given.setup !== undefined && typeof given.setup !== 'function')
    wrong('setup', 'a function', given.setup, 'Write setup: () => …')
  for (const key of ['concurrency', 'timeoutSeconds'] as const) {
    const value = given[key]
    if (
      value !== undefined &&
      !(typeof value === 'number' && value > 0 && (key === 'timeoutSeconds' || Number.isInteger(value)))
    ) {
      wrong(key, key === 'concurrency' ? 'a whole number above 0' : 'seconds, above 0', value)
    }
  }
  checkFields('inputs', given.inputs, wrong, problems)
  checkFields('outputs', given.outputs, wrong, problems)
  if (given.outputs && Object.keys(given.outputs).length === 0) wrong('outputs', 'at least one field', given.outputs)
  if (kind === 'batched') checkBatch(batch, wrong)
  checkExamples(given, wrong)

  if (problems.length) throw new SpaceError('invalid-declaration', { problems })
  return Object.freeze({
    [SPACE]: kind,
    title: given.title,
    summary: given.summary ?? '',
    article: given.article ?? '',
    inputs: given.inputs,
    outputs: given.outputs,
    setup: given.setup ?? null,
    run: given.run,
    batch,
    examples: given.examples ?? [],
    action: given.action ?? 'Run',
    tags: given.tags ?? [],
    live: given.live ?? false,
    concurrency: given.concurrency ?? 4,
    timeoutSeconds: given.timeoutSeconds ?? null,
  })
}

type Wrong = (path: string, what: string, got: unknown, hint?: string) => void

function checkFields(path: string, fields: unknown, wrong: Wrong, problems: string[]): void {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    wrong(path, 'fields by name', fields, `Write ${path}: { photo: Image() }.`)
    return
  }
  for (const [name, field] of Object.entries(fields)) {
    if (!isField(field)) {
      const hint = typeof field === 'function' ? 'Call the component: Image(), not Image.' : ''
      wrong(`${path}.${name}`, 'a field such as Image() or Number()', field, hint)
      continue
    }
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name))
      wrong(`${path}.${name}`, 'a name of letters, digits and _ that begins with a letter', name)
    for (const problem of field.problems) problems.push(`${path}.${name}: ${problem}`)
    if (path === 'inputs' && field.problems.length === 0 && isUnreachable(field))
      wrong(
        `inputs.${name}`,
        'a value to begin with, as nobody sees the field',
        null,
        'Give it `initial`, or wrap it in optional().',
      )
  }
}

/** A field that is not on the page, holds nothing and must not be empty: no run could ever begin. */
function isUnreachable({ options, optional, component }: AnyField): boolean {
  return options.visible === false && !optional && component.initial(options) === null
}

function isField(value: unknown): value is AnyField {
  return typeof value === 'object' && value !== null && 'kind' in value && 'component' in value && 'problems' in value
}

function checkBatch(batch: Batch | null, wrong: Wrong): void {
  if (typeof batch !== 'object' || batch === null) {
    wrong('batch', '{ size, waitMs }', batch)
    return
  }
  if (!Number.isInteger(batch.size) || batch.size < 1) wrong('batch.size', 'a whole number above 0', batch.size)
  if (typeof batch.waitMs !== 'number' || !(batch.waitMs >= 0))
    wrong('batch.waitMs', 'milliseconds, 0 or more', batch.waitMs)
}

function checkExamples({ examples, inputs }: Declaration, wrong: Wrong): void {
  if (examples === undefined) return
  if (!Array.isArray(examples)) {
    wrong('examples', 'a list of rows', examples, 'Write examples: [{ … }].')
    return
  }
  for (const [index, row] of examples.entries()) {
    if (typeof row !== 'object' || row === null) {
      wrong(`examples[${index}]`, 'a row of input values by name', row)
      continue
    }
    for (const name of Object.keys(row)) {
      if (inputs && !(name in inputs))
        wrong(`examples[${index}].${name}`, `one of the inputs ${Object.keys(inputs).join(', ')}`, name)
    }
  }
}
