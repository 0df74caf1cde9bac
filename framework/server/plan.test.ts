import assert from 'node:assert/strict'
import { test } from 'node:test'
import { schema } from '#core/schema.ts'
import { Number, optional, Text } from '../index.ts'
import { acceptOf, Plan, type PlannedField } from './plan.ts'

const fieldOf = (name: string, more: Partial<PlannedField> = {}): PlannedField => {
  const field = Number()
  return {
    name,
    path: `inputs.${name}`,
    label: name,
    field,
    schema: schema.number() as PlannedField['schema'],
    initial: null,
    accept: null,
    codec: null,
    ...more,
  }
}
const files = {} as never

test('an input that was left out holds its initial value; null is nobody’s value', () => {
  const plan = new Plan([fieldOf('a', { initial: 5 }), fieldOf('b', { field: optional(Text()) })], [])
  assert.deepEqual(plan.check({}).wires, { a: 5, b: null })
  assert.deepEqual(plan.check({ a: 1 }).wires, { a: 1, b: null })
  assert.throws(() => plan.check({ a: null }), { code: 'input-missing' })
  assert.throws(() => plan.check({ a: 1, toString: 1 } as never), { code: 'input-unknown' })
})

test('values that need no codec are there at once', () => {
  const plan = new Plan([fieldOf('a')], [fieldOf('a')])
  assert.deepEqual(plan.decode({ a: 1 }, files), { a: 1 })
  assert.deepEqual(plan.encode({ a: 1 }, files, true), { a: 1 })
  assert.throws(() => plan.encode({}, files, true), { code: 'output-invalid' })
  assert.deepEqual(plan.encode({}, files, false), {})
})

test('several fields that fail, some at once and some later, fail their run and nothing else', async () => {
  const later = fieldOf('later', { codec: { decode: () => Promise.reject(new Error('later')) } })
  const atOnce = fieldOf('atOnce', {
    codec: {
      decode: () => {
        throw new Error('at once')
      },
    },
  })
  const unhandled: unknown[] = []
  const listen = (error: unknown) => unhandled.push(error)
  process.on('unhandledRejection', listen)
  try {
    await assert.rejects(async () => new Plan([later, atOnce], []).decode({ later: 1, atOnce: 1 }, files))
    await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(unhandled, [])
  } finally {
    process.off('unhandledRejection', listen)
  }
})

test('the types of files that a field takes are found however deep they stand', () => {
  const item = schema.object({ image: schema.file('image/*'), caption: schema.text() })
  assert.equal(acceptOf(schema.nullable(schema.list(item)).json), 'image/*')
  assert.equal(acceptOf(schema.object({ a: schema.number() }).json), null)
})
