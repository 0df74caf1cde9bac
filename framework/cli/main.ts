#!/usr/bin/env node
/** `spaces`: finds the command, runs it, and turns what went wrong into one message and an exit code. */

import module from 'node:module'
import { nearest } from '#core/nearest.ts'
import { type Command, EXIT, UsageError } from './command.ts'
import { columns, endWithReader, paintError, print, printError } from './terminal.ts'

/** Imported only when asked for, so that one command never pays for another. */
const COMMANDS: Readonly<Record<string, () => Promise<{ default: Command }>>> = {
  dev: () => import('./commands/dev.ts'),
  new: () => import('./commands/new.ts'),
  check: () => import('./commands/check.ts'),
  run: () => import('./commands/run.ts'),
  models: () => import('./commands/models.ts'),
}

// From Node 22.1 on, which keeps compiled code between starts.
const { enableCompileCache } = module as { enableCompileCache?: () => unknown }
enableCompileCache?.()

async function main([name, ...line]: readonly string[]): Promise<number> {
  if (name === undefined || name.startsWith('-')) endWithReader()
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    print(await help())
    return name === undefined ? EXIT.usage : EXIT.ok
  }
  if (name === '--version' || name === '-v') {
    const { ownVersion } = await import('./package.ts')
    print(await ownVersion())
    return EXIT.ok
  }
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!load) {
    const known = Object.keys(COMMANDS)
    const hint = /[./\\]/.test(name) ? `To serve a path: spaces dev ${name}` : nearest(name, known)
    throw new UsageError(`There is no command “${name}”. ${hint || `There are ${known.join(', ')}.`}`)
  }
  const { default: command } = await load()
  if (!command.outlivesReader) endWithReader()
  return command.invoke(line)
}

async function help(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map(async (load) => (await load()).default))
  return [
    'spaces puts a computer-vision model on a web page.',
    'Usage: spaces <command> [flags]',
    `Commands:\n${columns(commands.map(({ name, summary }) => [name, summary]))}`,
    `Flags:\n${columns([
      ['--help', 'Show this; after a command, what that command takes'],
      ['--version', 'Show the version'],
    ])}`,
    'Exit codes: 0 done, 1 failed, 2 the line was not understood.',
  ].join('\n\n')
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (error instanceof UsageError) {
    printError(`${paintError('red', 'spaces:')} ${error.message}`)
    process.exitCode = EXIT.usage
  } else {
    const { printProblem } = await import('./problem.ts')
    printProblem(error)
    process.exitCode = EXIT.failed
  }
}
