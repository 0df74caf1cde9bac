import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Dropdown, Image, Number, Slider } from '../../components/index.ts'
import { isSpaceError } from './errors.ts'
import { labelOf, optional } from './field.ts'
import { batched, isSpace, space } from './space.ts'

const good = {
  title: 'Twice',
  inputs: { x: Number() },
  outputs: { y: Number() },
  run: ({ x }: { x: number }) => ({ y: 2 * x }),
}

/** Declares as plain JavaScript would, past the compiler. */
const declare = (declaration: object) => space(declaration as typeof good)

function problemsOf(declaration: () => unknown): readonly string[] {
  try {
    declaration()
  } catch (error) {
    assert.ok(isSpaceError(error) && error.code === 'invalid-declaration')
    return (error.details as { problems: readonly string[] }).problems
  }
  assert.fail('the declaration was taken')
}

test('a declared space is a frozen record with its defaults', () => {
  const declared = space(good)
  assert.ok(isSpace(declared))
  assert.ok(Object.isFrozen(declared))
  assert.deepEqual(
    [declared.action, declared.live, declared.concurrency, declared.timeoutSeconds, declared.tags],
    ['Run', false, 4, null, []],
  )
})

test('every problem of a declaration is told at once, each with its place', () => {
  const problems = problemsOf(() =>
    declare({
      title: ' ',
      rum: () => ({}),
      inputs: { count: Slider({ min: 5, max: 1 }), style: Dropdown({ choices: [] }), photo: Image },
      outputs: {},
      examples: [{ foto: 'a.jpg' }],
      concurrency: 0,
      tags: 'one',
    }),
  )
  const places = problems.map((line) => line.slice(0, line.indexOf(':')))
  for (const place of [
    'title',
    'rum',
    'inputs.count',
    'inputs.style',
    'inputs.photo',
    'outputs',
    'examples[0].foto',
    'concurrency',
    'tags',
    'run',
  ])
    assert.ok(places.includes(place), `${place} is missing in\n${problems.join('\n')}`)
})

test('a misspelt key names the one that was meant', () => {
  const [problem] = problemsOf(() => declare({ ...good, exampels: [] }))
  assert.match(problem ?? '', /Did you mean `examples`\?/)
})

test('a component that was not called says how it is called', () => {
  const [problem] = problemsOf(() => declare({ ...good, inputs: { x: Number } }))
  assert.match(problem ?? '', /Call the component: Image\(\), not Image\./)
})

test('a batch needs its size and its patience', () => {
  const wrong = { ...good, batch: { size: 0, waitMs: -1 } }
  const problems = problemsOf(() => batched(wrong as unknown as Parameters<typeof batched>[0]))
  assert.deepEqual(
    problems.map((line) => line.slice(0, line.indexOf(':'))),
    ['batch.size', 'batch.waitMs'],
  )
})

test('what is not a declaration at all is told in one sentence', () => {
  for (const nothing of [null, undefined, 7, 'space'])
    assert.match(problemsOf(() => space(nothing as never))[0] ?? '', /expected a declaration/)
})

test('an optional field is the same field, but may be empty', () => {
  const field = Number({ min: 1 })
  assert.deepEqual([field.optional, optional(field).optional, optional(field).kind], [false, true, 'number'])
})

test('a field without a label is called by its name in words', () => {
  assert.equal(labelOf('maxSide', {}), 'Max side')
  assert.equal(labelOf('candidate_labels', {}), 'Candidate labels')
  assert.equal(labelOf('x', { label: 'Number of steps' }), 'Number of steps')
})

test('a hidden field that holds nothing is told, as no run could ever begin', () => {
  const [problem] = problemsOf(() => declare({ ...good, inputs: { x: Number({ visible: false }) } }))
  assert.match(problem ?? '', /^inputs\.x: expected a value to begin with/)
  assert.ok(declare({ ...good, inputs: { x: Number({ visible: false, initial: 2 }) } }))
  assert.ok(declare({ ...good, inputs: { x: optional(Number({ visible: false })) } }))
})
