// What every component owes, whatever its kind. The folders are found by reading them: a new one is held to the same.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { h } from 'preact'
import { render } from 'preact-render-to-string'
import type { AnyComponent, Codec, FieldState, ViewProps } from '#core/component.ts'
import type { AnyField } from '#core/field.ts'
import { openTestFiles } from '../test/helpers/files-in-memory.ts'

const here = new URL('./', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, here), 'utf8')
const kinds = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

interface Samples {
  /** Good options; the first are used throughout. */
  options: Record<string, unknown>[]
  /** By the option that the sentence must name. */
  refused: Record<string, Record<string, unknown>>
  wires: unknown[]
  /** What a task may answer. */
  answers: unknown[]
  /** What is no wire form of it, where an object of nonsense is one. */
  unfit?: unknown
}

const tokens = new Set([...read('../framework/ui/tokens.css').matchAll(/(--[\w-]+):/g)].map(([, name]) => name))

for (const kind of kinds) {
  const {
    options,
    refused,
    wires,
    answers,
    unfit = { nonsense: true },
  } = (await import(`./${kind}/samples.ts`)) as Samples
  const door = (await import('./index.ts')) as unknown as Record<string, AnyComponent>
  const component = Object.values(door).find((entry) => entry.kind === kind)
  assert.ok(component, `components/index.ts has no line for ${kind}`)
  const codec = existsSync(new URL(`${kind}/server.ts`, here))
    ? ((await import(`./${kind}/server.ts`)) as { default: Codec }).default
    : {}
  const { default: View } = await import(`./${kind}/view.tsx`)
  const field = component(options[0]) as AnyField
  const schema = component.wire(field.options)

  describe(kind, () => {
    test('is made of the files that a component has', () => {
      for (const file of ['definition.ts', 'view.tsx', 'style.css', `${kind}.test.ts`])
        assert.ok(existsSync(new URL(`${kind}/${file}`, here)), `components/${kind}/${file} is missing`)
    })

    test('takes good options without a word', () => {
      for (const good of options) assert.deepEqual((component(good) as AnyField).problems, [])
    })

    test('starts with a value that fits, or with none', () => {
      for (const good of options) {
        const { options: full } = component(good) as AnyField
        const initial = component.initial(full)
        if (initial !== null) assert.deepEqual(component.wire(full).parse(initial, 'inputs.it'), initial)
      }
    })

    test('refuses wrong options with a sentence that names them', () => {
      assert.deepEqual(Object.keys(refused).sort(), ownOptions(component).sort())
      for (const [name, wrong] of Object.entries(refused)) {
        const { problems } = component(wrong) as AnyField
        assert.ok(
          problems.some((line) => new RegExp(`^options\\.${name}: expected .+, got .+\\.$`).test(line)),
          `${name}: ${problems.join(' ') || 'no problem was reported'}`,
        )
      }
      const { problems } = component({ ...options[0], label: 7 }) as AnyField
      assert.deepEqual(problems, ['options.label: expected text, got 7 (number).'])
    })

    test('answers a misspelt option with the one that was meant', () => {
      for (const name of [...ownOptions(component), 'label']) {
        const { problems } = component({ ...options[0], [`${name}e`]: undefined }) as AnyField
        assert.match(problems.join(), new RegExp(`got “${name}e”\\. Did you mean \`${name}\`\\?`))
      }
    })

    test('lets its wire form pass, as JSON carries it', () => {
      for (const wire of wires) {
        const carried = JSON.parse(JSON.stringify(wire))
        assert.deepEqual(schema.parse(carried, 'inputs.it'), wire)
        assert.deepEqual(
          schema.files(carried).map(({ name }) => name),
          namesIn(wire),
        )
      }
    })

    test('refuses what is not its wire form, and says where', () => {
      assert.throws(() => schema.parse(unfit, 'inputs.it'), {
        code: 'invalid-value',
        message: /^inputs\.it: expected .+, got /,
      })
    })

    test('gives back what it was given', {
      skip: codec.encode && !codec.decode && 'its wire is not its value',
    }, async () => {
      await using files = await openTestFiles()
      for (const wire of wires) {
        const value = codec.decode
          ? await codec.decode(wire as never, field.options as never, files, 'inputs.it')
          : wire
        const back = codec.encode
          ? await codec.encode(value as never, field.options as never, files, 'outputs.it')
          : value
        assert.deepEqual(withoutFiles(back), withoutFiles(wire))
        assert.deepEqual(namesIn(back), namesIn(wire))
      }
    })

    test('sends what a task may answer in its wire form', async () => {
      await using files = await openTestFiles()
      for (const answer of answers) {
        const wire = codec.encode
          ? await codec.encode(answer as never, field.options as never, files, 'outputs.it')
          : answer
        assert.deepEqual(schema.parse(JSON.parse(JSON.stringify(wire)), 'outputs.it'), wire)
      }
    })

    const draw = (about: Partial<ViewProps>) => render(h(View, { ...propsFor(field), ...about } as ViewProps))
    const takesInput = component.events.some((event) => ['change', 'upload'].includes(event))

    for (const good of options) {
      const { options: full } = component(good) as AnyField
      test(`draws itself in every state with ${JSON.stringify(good)}`, () => {
        const fitting = wires.filter((wire) => fits(component, full, wire))
        for (const value of [null, ...fitting]) {
          for (const readOnly of [true, false]) {
            for (const state of ['idle', 'waiting', 'running', 'done', 'failed'] satisfies FieldState[])
              checkHtml(draw({ options: full as never, value: value as never, readOnly, state }))
          }
        }
      })
    }

    test('shows that it is being worked on while there is no result', () => {
      assert.match(draw({ readOnly: true, state: 'running' }), /aria-busy="true"/)
      assert.doesNotMatch(draw({ readOnly: true, state: 'idle' }), /aria-busy="true"/)
    })

    test('can be reached and worked with the keyboard', { skip: !takesInput && 'it shows answers only' }, () => {
      for (const value of [null, wires[0]]) {
        const html = draw({ value: value as never })
        assert.ok(tagsOf(html).some(isFocusable), html)
      }
    })

    test('ties its control to the label of the frame', {
      skip: component.frame !== 'label' && 'it is named as a group',
    }, () => {
      for (const [readOnly, value] of [
        [false, null],
        [false, wires[0]],
        [true, wires[0]],
      ]) {
        const named = tagsOf(draw({ readOnly: readOnly as boolean, value: value as never })).filter(
          ({ id }) => id === 'it',
        )
        assert.equal(named.length, 1)
        assert.match(named[0]?.tag ?? '', /^(input|select|textarea|button|output)$/)
      }
    })

    test('marks a refused value, and points at the sentence that says why', {
      skip: !takesInput && 'it shows answers only',
    }, () => {
      const html = draw({ problem: 'Expected something else.', describedBy: 'it-problem' })
      assert.match(html, /(aria|data)-invalid(="true")?[ >/]/)
      assert.match(html, /aria-describedby="it-problem"/)
      assert.doesNotMatch(draw({}), /(aria|data)-invalid="true"|aria-describedby/)
    })

    test('is styled with the tokens alone', () => {
      const style = read(`${kind}/style.css`)
      const view = read(`${kind}/view.tsx`)
      assert.doesNotMatch(
        style,
        /#[\da-f]{3,8}\b|\b(rgba?|hsla?|oklch|oklab|lab|lch|hwb)\((?!from)|:\s*(white|black|gr[ae]y|red|green|blue)\b/i,
      )
      assert.doesNotMatch(style.replace(/in (oklab|oklch)/g, ''), /!important/)
      for (const [, name] of style.matchAll(/var\((--[\w-]+)/g))
        assert.ok(tokens.has(name) || view.includes(`'${name}'`), `${name} is no token, nor set by the view`)
    })

    test('is declared without a trace of Node or the browser', () => {
      const source = read(`${kind}/definition.ts`)
      for (const [, from] of source.matchAll(/(?:from|import) ?\(?'([^']+)'/g))
        assert.match(from as string, /^(#core\/|\.\/)/)
      assert.doesNotMatch(source, /\b(document|window|navigator|process|Buffer)\b/)
    })

    test('keeps its declaration and the server out of the browser', () => {
      const source = read(`${kind}/view.tsx`)
      assert.doesNotMatch(source, /server\.ts|^import \{[^}]*\} from '\.\/definition\.ts'/m)
    })
  })
}

test('the door has one line for each component, in the order of the alphabet', () => {
  const lines = read('index.ts').trim().split('\n')
  assert.deepEqual(
    lines.map((line) => /^export \{ \w+ \} from '\.\/([\w-]+)\/definition\.ts'$/.exec(line)?.[1]),
    kinds.sort(),
  )
})

function ownOptions({ optionNames }: AnyComponent): string[] {
  return optionNames.filter((name) => !['label', 'hint', 'visible'].includes(name))
}

function propsFor({ options, component }: AnyField): ViewProps {
  return {
    id: 'it',
    label: 'The field',
    value: null,
    options: options as never,
    readOnly: false,
    state: 'idle',
    problem: null,
    describedBy: undefined,
    set: () => assert.fail(`${component.kind} changed its value while it was drawn`),
    emit: () => assert.fail(`${component.kind} emitted an event while it was drawn`),
    complain: () => assert.fail(`${component.kind} complained while it was drawn`),
    urlOf: ({ id, name }) => `files/${id}/${name}`,
    upload: () => assert.fail('nothing is uploaded while it is drawn'),
    maxBytes: 20e6,
  }
}

function fits(component: AnyComponent, options: unknown, wire: unknown): boolean {
  try {
    component.wire(options).parse(wire, 'it')
    return true
  } catch {
    return false
  }
}

interface Tag {
  tag: string
  id: string | undefined
  attributes: string
  /** Text up to the end tag. */
  text: string
}

function tagsOf(html: string): Tag[] {
  return [...html.matchAll(/<(\w+)((?:\s[^>]*)?)>/g)].map(
    ({ 1: tag = '', 2: attributes = '', index, 0: { length } }) => ({
      tag,
      attributes,
      id: /\sid="([^"]*)"/.exec(attributes)?.[1],
      text: (html.slice(index + length).split(`</${tag}>`)[0] ?? '').replace(/<[^>]*>/g, '').trim(),
    }),
  )
}

function isFocusable({ tag, attributes }: Tag): boolean {
  const control = /^(button|input|select|textarea|summary)$/.test(tag) || (tag === 'a' && /href=/.test(attributes))
  return control && !/tabindex="-1"| disabled/i.test(attributes)
}

/** What holds for the markup of any view: nothing leaked into it, and every control has a name. */
function checkHtml(html: string): void {
  assert.doesNotMatch(html, /undefined|NaN|\[object |function ?\(/)
  assert.doesNotMatch(html, /tabindex="[1-9]/i, 'the order of the tab key is that of the page')
  const tags = tagsOf(html)
  const ids = tags.flatMap(({ id }) => (id === undefined ? [] : [id]))
  assert.equal(new Set(ids).size, ids.length, `an id twice: ${ids}`)
  for (const tag of tags.filter(isFocusable)) {
    const inLabel = new RegExp(`<label[^>]*>(?:(?!</label>).)*<${tag.tag}${escaped(tag.attributes)}`, 's').test(html)
    assert.ok(
      tag.text || /aria-label="[^"]+"/.test(tag.attributes) || tag.id === 'it' || inLabel,
      `no name: <${tag.tag}${tag.attributes}>`,
    )
  }
  for (const { tag, attributes } of tags) {
    if (tag === 'img') assert.match(attributes, /\salt[= >/]?/)
    if (tag === 'button') assert.match(attributes, /type="button"/)
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}

function isRef(value: unknown): value is { name: string } {
  return typeof value === 'object' && value !== null && 'byteLength' in value && 'mime' in value
}

/** The names of the files inside a value, in order. */
function namesIn(value: unknown): string[] {
  if (isRef(value)) return [value.name]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(namesIn) : []
}

/** The value with a mark in the place of every file: a reference changes with each journey. */
function withoutFiles(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_, inner) => (isRef(inner) ? 'a file' : inner)))
}
