/** A task's options from the line: `--top_k 3`, `--top-k=3`, `--percentage`, or all of them as JSON after `--options`. */

import { nearest } from '#core/nearest.ts'
import { UsageError } from './command.ts'
import { SWITCHES, type TaskLine } from './task-lines.ts'

/** A flag of no command, as it stands on the line. */
export interface OtherFlag {
  readonly name: string
  readonly value: string | null
}

/**
 * Gives each flag that a command does not know the word behind it as its value, as far as it takes one.
 * @returns the line without those flags, and the flags
 */
export function takeOthers(
  line: readonly string[],
  known: readonly string[],
): { line: readonly string[]; others: readonly OtherFlag[] } {
  const kept: string[] = []
  const others: OtherFlag[] = []
  for (let at = 0; at < line.length; at++) {
    const word = line[at] as string
    if (word === '--') return { line: [...kept, ...line.slice(at)], others }
    const [, name, inline] = /^--([A-Za-z]\w*(?:-\w+)*)(?:=([\s\S]*))?$/.exec(word) ?? []
    if (name === undefined || known.includes(kebabCase(name))) {
      kept.push(name === undefined ? word : word.replace(name, kebabCase(name)))
      continue
    }
    const next = line[at + 1]
    const isSwitch = SWITCHES.includes(snakeCase(name))
    const takesNext =
      inline === undefined && next !== undefined && (isSwitch ? /^(true|false)$/.test(next) : !/^--|^-$/.test(next))
    others.push({ name, value: inline ?? (takesNext ? next : null) })
    if (takesNext) at++
  }
  return { line: kept, others }
}

const snakeCase = (name: string) => name.replaceAll('-', '_')
/** The pipeline's own spelling of a flag is taken as well: `--model_file_name`. */
const kebabCase = (name: string) => name.replaceAll('_', '-')

/**
 * @param flags - names of the command's own flags, for those that are misspelt
 * @throws UsageError
 */
export function readOptions(
  json: string | undefined,
  others: readonly OtherFlag[],
  { options: usual }: TaskLine,
  flags: readonly string[],
): Record<string, unknown> {
  const options = readObject(json)
  for (const { name, value } of others) {
    const option = snakeCase(name)
    const hint = usual.includes(option) ? '' : nearest(option, [...usual, ...flags])
    if (hint) throw new UsageError(`There is no option --${name}. ${hint}`)
    options[option] = value === null ? true : readValue(value)
  }
  return options
}

/** What reads as JSON is that, a number or a list; everything else is text. */
function readValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function readObject(json: string | undefined): Record<string, unknown> {
  if (json === undefined) return {}
  const options = readValue(json)
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return { ...options }
  throw new UsageError(`--options: expected an object in JSON, such as '{"top_k":3}', got “${json}”.`)
}
