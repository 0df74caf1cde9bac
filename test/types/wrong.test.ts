// Every file in `wrong/` is a program that must not compile, and its first line the words that the compiler must say.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('./wrong', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const programs = readdirSync(here).filter((file) => file.endsWith('.ts'))

describe('programs that must not compile', () => {
  const messages = new Map<string, string>()

  before(() => {
    const tsc = join(root, 'node_modules', '.bin', 'tsc')
    const { stdout } = spawnSync(tsc, ['-p', here, '--pretty', 'false', '--noErrorTruncation'], {
      cwd: root,
      encoding: 'utf8',
    })
    let file = ''
    for (const line of stdout.split('\n')) {
      const start = /^(\S+\.ts)\(\d+,\d+\): error/.exec(line)
      if (start?.[1]) file = basename(start[1])
      messages.set(file, `${messages.get(file) ?? ''}${line}\n`)
    }
  })

  for (const program of programs) {
    const text = readFileSync(join(here, program), 'utf8')
    const words = /^\/\/ says: (.*)$/m.exec(text)?.[1] ?? ''
    const title = /title: '(.*)'/.exec(text)?.[1] ?? program
    test(`${title}: the compiler says ${words}`, () => {
      assert.ok(words, `${program} does not say what it expects`)
      assert.ok(messages.get(program)?.includes(words), `${program} gave:\n${messages.get(program) ?? 'no error'}`)
    })
  }
})
