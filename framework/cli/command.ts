/** What a command is, and how its line is read: flags by `util.parseArgs`, typed from their declaration. */

import { parseArgs } from 'node:util'
import { nearest } from '#core/nearest.ts'
import { columns, print } from './terminal.ts'

export const EXIT = { ok: 0, failed: 1, usage: 2 } as const

/** The line cannot be understood. Ends the process with code 2. */
export class UsageError extends Error {}

interface Flag<T> {
  readonly type: 'string' | 'boolean'
  /** What `--help` says of it. */
  readonly about: string
  /** Stands for the value in `--help`: `<number>`. */
  readonly value?: string
  read(given: string | boolean | undefined, name: string): T
}

export const flag = {
  /** There or not. */
  on: (about: string): Flag<boolean> => ({ type: 'boolean', about, read: (given) => given === true }),

  text: (about: string, value = '<text>'): Flag<string | undefined> => ({
    type: 'string',
    about,
    value,
    read: (given) => given as string | undefined,
  }),

  /** A whole number within limits, inclusive. */
  integer: (about: string, range: { min: number; max: number }, value = '<number>'): Flag<number | undefined> => ({
    type: 'string',
    about,
    value,
    read(given, name) {
      if (given === undefined) return undefined
      const number = Number(given)
      if (Number.isInteger(number) && given !== '' && number >= range.min && number <= range.max) return number
      throw new UsageError(`--${name}: expected a whole number from ${range.min} to ${range.max}, got “${given}”.`)
    },
  }),
}

// biome-ignore lint/suspicious/noExplicitAny: a flag of any value
type Flags = Readonly<Record<string, Flag<any>>>
type ValuesOf<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never }

export interface Command {
  readonly name: string
  readonly summary: string
  /** Whether it goes on where nobody reads its output any more. */
  readonly outlivesReader: boolean
  /** Runs with the rest of the line, and gives the exit code. */
  invoke(line: readonly string[]): Promise<number>
}

/**
 * Declares a command. `run` is given what stands on the line: `args` in order, `flags` by name.
 * Throw {@link UsageError} from it where the line makes no sense.
 */
export function defineCommand<const F extends Flags, O = never>(command: {
  name: string
  /** One line in the list of commands. */
  summary: string
  /** What may follow the name: `<file|folder>`. */
  usage: string
  /** A paragraph or two for its own `--help`. */
  about?: string
  /** How many arguments it takes. */
  args: { min: number; max: number }
  flags: F
  /** Goes on where nobody reads its output any more: a server whose log collector went away. Default false. */
  outlivesReader?: boolean
  /** Takes flags of its own out of the line first, which are not declared; `run` is given them as `others`. */
  takeOthers?: (line: readonly string[], known: readonly string[]) => { line: readonly string[]; others: readonly O[] }
  run(line: { args: readonly string[]; flags: ValuesOf<F>; others: readonly O[] }): Promise<number>
}): Command {
  const { name, summary, flags } = command
  return {
    name,
    summary,
    outlivesReader: command.outlivesReader ?? false,
    async invoke(line) {
      if (asksForHelp(line)) {
        print(helpOf(command))
        return EXIT.ok
      }
      const { line: own, others } = command.takeOthers?.(line, Object.keys(flags)) ?? { line, others: [] }
      const { positionals, values } = read(own, flags)
      const { min, max } = command.args
      if (positionals.length < min || positionals.length > max) {
        const got = positionals.length === 0 ? 'none' : positionals.map((each) => `“${each}”`).join(' ')
        const wanted = min === max ? String(min) : `${min} to ${max}`
        throw new UsageError(
          `${name}: expected ${wanted} argument${max === 1 ? '' : 's'}, got ${got}.\n${usageOf(command)}`,
        )
      }
      return command.run({ args: positionals, flags: values, others })
    },
  }
}

/** A `--help` that is not behind `--`. */
function asksForHelp(line: readonly string[]): boolean {
  const end = line.indexOf('--')
  return line.slice(0, end === -1 ? undefined : end).some((word) => word === '--help' || word === '-h')
}

function read<F extends Flags>(line: readonly string[], flags: F) {
  const { tokens, values, positionals } = parseArgs({
    args: [...line],
    options: Object.fromEntries(Object.entries(flags).map(([name, { type }]) => [name, { type }])),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const known = flags[token.name]
    if (!known) throw unknownFlag(token.rawName, Object.keys(flags))
    if (known.type === 'boolean' && token.value !== undefined)
      throw new UsageError(`${token.rawName}: expected no value, got “${token.value}”.`)
    // As in strict mode: what looks like a flag is not taken for the value of the one before.
    if (known.type === 'string' && (token.value === undefined || (!token.inlineValue && token.value.startsWith('-'))))
      throw new UsageError(`${token.rawName}: expected ${known.value ?? 'a value'} after it, got nothing.`)
  }
  const entries = Object.entries(flags).map(([name, known]) => [name, known.read(values[name] as string, name)])
  return { positionals, values: Object.fromEntries(entries) as ValuesOf<F> }
}

function unknownFlag(name: string, known: readonly string[]): UsageError {
  const hint = nearest(name, ['--help', ...known.map((each) => `--${each}`)])
  const all = known.length ? ` It takes ${[...known, 'help'].map((each) => `--${each}`).join(', ')}.` : ''
  return new UsageError(`There is no flag ${name}. ${hint || all.trim()}`.trim())
}

interface Described {
  readonly name: string
  readonly summary: string
  readonly usage: string
  readonly about?: string
  readonly flags: Flags
}

const usageOf = ({ name, usage, flags }: Described) =>
  `Usage: spaces ${name} ${usage}${Object.keys(flags).length ? ' [flags]' : ''}`

function helpOf(command: Described): string {
  const rows = Object.entries(command.flags).map(
    ([name, { value, about }]) => [`--${name}${value ? ` ${value}` : ''}`, about] as const,
  )
  const flags = columns([...rows, ['--help', 'Show this']])
  return [command.summary, usageOf(command), `Flags:\n${flags}`, ...(command.about ? [command.about] : [])].join('\n\n')
}
