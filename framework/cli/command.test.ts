import assert from 'node:assert/strict'
import { test } from 'node:test'
import { defineCommand, flag, UsageError } from './command.ts'
import { columns, wantsColor } from './terminal.ts'

const seen: unknown[] = []
const command = defineCommand({
  name: 'serve',
  summary: 'Serve it',
  usage: '<file>',
  args: { min: 1, max: 1 },
  flags: {
    port: flag.integer('Port', { min: 0, max: 65535 }),
    host: flag.text('Host'),
    open: flag.on('Open'),
  },
  run: async (line) => {
    const { args, flags } = line
    seen.push({ args, flags })
    return 0
  },
})
const given = async (...line: string[]) => {
  await command.invoke(line)
  return seen.at(-1)
}
const refusal = async (...line: string[]) => {
  const error = await command.invoke(line).then(
    () => null,
    (thrown) => thrown,
  )
  assert.ok(error instanceof UsageError, `refused: ${line.join(' ')}`)
  return error.message
}

test('flags may stand anywhere, with a space or an equals sign', async () => {
  const expected = { args: ['a.ts'], flags: { port: 80, host: 'x', open: true } }
  assert.deepEqual(await given('a.ts', '--port', '80', '--host=x', '--open'), expected)
  assert.deepEqual(await given('--open', '--port=80', '--host', 'x', 'a.ts'), expected)
  assert.deepEqual(await given('a.ts'), { args: ['a.ts'], flags: { port: undefined, host: undefined, open: false } })
  assert.deepEqual(await given('--', '--odd'), {
    args: ['--odd'],
    flags: { port: undefined, host: undefined, open: false },
  })
})

test('a misspelt flag is told the nearest one, a strange one all of them', async () => {
  assert.equal(await refusal('a.ts', '--prot', '80'), 'There is no flag --prot. Did you mean `--port`?')
  assert.equal(
    await refusal('a.ts', '--verbose'),
    'There is no flag --verbose. It takes --port, --host, --open, --help.',
  )
})

test('a flag without its value, or with a wrong one, is refused with what it expects', async () => {
  assert.equal(await refusal('a.ts', '--port'), '--port: expected <number> after it, got nothing.')
  assert.equal(await refusal('a.ts', '--host', '--open'), '--host: expected <text> after it, got nothing.')
  assert.equal(await refusal('a.ts', '--open=yes'), '--open: expected no value, got “yes”.')
  for (const port of ['abc', '70000', '1.5', '-1'])
    assert.match(await refusal('a.ts', `--port=${port}`), /^--port: expected a whole number from 0 to 65535, got “/)
})

test('too few and too many arguments are refused with the usage', async () => {
  assert.equal(await refusal(), 'serve: expected 1 argument, got none.\nUsage: spaces serve <file> [flags]')
  assert.match(await refusal('a', 'b'), /^serve: expected 1 argument, got “a” “b”\./)
})

test('colour follows NO_COLOR, FORCE_COLOR and the terminal', () => {
  assert.equal(wantsColor({ isTTY: true }, {}), true)
  assert.equal(wantsColor({ isTTY: true }, { TERM: 'dumb' }), false)
  assert.equal(wantsColor({}, {}), false)
  assert.equal(wantsColor({}, { FORCE_COLOR: '1' }), true)
  assert.equal(wantsColor({ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' }), false)
})

test('columns line up', () => {
  assert.equal(
    columns([
      ['a', 'one'],
      ['long', 'two'],
    ]),
    '  a     one\n  long  two',
  )
})
