import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isSpaceError } from './errors.ts'
import { type FileRef, schema } from './schema.ts'

const photo: FileRef = { id: 'a.b', mime: 'image/png', name: 'a.png', byteLength: 9 }

function messageOf(parse: () => unknown): string {
  try {
    parse()
  } catch (error) {
    assert.ok(isSpaceError(error) && error.code === 'invalid-value')
    return error.message
  }
  assert.fail('the value was taken')
}

test('a number out of range is told its limits and what came', () => {
  const { parse } = schema.number({ min: 1, max: 8 })
  assert.equal(parse(8, 'inputs.n'), 8)
  assert.match(
    messageOf(() => parse(9, 'inputs.n')),
    /^inputs\.n: expected a number from 1 to 8, got 9 \(number\)\./,
  )
  assert.match(
    messageOf(() => parse('seven', 'inputs.n')),
    /got “seven” \(text\)\./,
  )
  for (const odd of [Number.NaN, Number.POSITIVE_INFINITY, null, undefined, [], {}])
    assert.throws(() => parse(odd, 'n'))
})

test('a long value is shown shortened', () => {
  assert.ok(messageOf(() => schema.number().parse('x'.repeat(9000), 'n')).length < 200)
})

test('a choice that is not offered is told what is', () => {
  const { parse } = schema.oneOf(['mosaic', 'candy'])
  assert.equal(parse('candy', 'style'), 'candy')
  assert.match(
    messageOf(() => parse('udnie', 'style')),
    /one of “mosaic”, “candy”/,
  )
})

test('a list names the entry that does not fit', () => {
  assert.match(
    messageOf(() => schema.list(schema.number()).parse([1, 'two'], 'inputs.sizes')),
    /^inputs\.sizes\[1\]: /,
  )
  assert.match(
    messageOf(() => schema.list(schema.number(), { maxItems: 1 }).parse([1, 2], 'n')),
    /a list of at most 1/,
  )
})

test('an object names the field that does not fit, and keeps only its own', () => {
  const entry = schema.object<{ image: FileRef; caption: string | null }>({
    image: schema.file('image/*'),
    caption: schema.nullable(schema.text()),
  })
  assert.deepEqual(entry.parse({ image: photo, caption: null, more: 1 }, 'g'), { image: photo, caption: null })
  assert.match(
    messageOf(() => entry.parse({ image: photo, caption: 7 }, 'g')),
    /^g\.caption: /,
  )
})

test('every file inside a value is found, in order', () => {
  const gallery = schema.list(schema.object<{ image: FileRef }>({ image: schema.file('image/*') }))
  const second = { ...photo, id: 'c.d' }
  assert.deepEqual(gallery.files([{ image: photo }, { image: second }]), [photo, second])
  assert.deepEqual(schema.nullable(schema.file('image/*')).files(null), [])
})

test('JSON takes what JSON can say and nothing else', () => {
  const { parse } = schema.json()
  assert.deepEqual(parse({ a: [1, null, 'x', { b: true }] }, 'j'), { a: [1, null, 'x', { b: true }] })
  for (const odd of [Number.NaN, () => 1, new Map(), Symbol('s'), 1n]) assert.throws(() => parse(odd, 'j'))
})

test('a schema prints itself as JSON Schema', () => {
  assert.deepEqual(schema.number({ min: 0, max: 1 }).json, { type: 'number', minimum: 0, maximum: 1 })
  assert.deepEqual(schema.oneOf(['a', 'b']).json, { enum: ['a', 'b'] })
  assert.deepEqual(schema.list(schema.boolean(), { maxItems: 2 }).json, {
    type: 'array',
    items: { type: 'boolean' },
    maxItems: 2,
  })
})

test('JSON that is nested without end is refused, not walked', () => {
  let nested: unknown = 1
  for (let level = 0; level < 50_000; level++) nested = [nested]
  assert.match(
    messageOf(() => schema.json().parse(nested, 'inputs.form')),
    /^inputs\.form: expected JSON, got a list of 1/,
  )
})
