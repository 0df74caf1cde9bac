import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FieldManifest, SpaceManifest } from '#core/manifest.ts'
import { snippetsOf } from './snippets.ts'

const field = (name: string, initial: unknown, accept?: string): FieldManifest => ({
  name,
  kind: 'any',
  label: name,
  frame: 'label',
  optional: false,
  options: {},
  initial,
  ...(accept === undefined ? {} : { accept }),
})

const space = (inputs: FieldManifest[], examples: SpaceManifest['examples'] = []): SpaceManifest => ({
  slug: 'plan',
  title: '',
  summary: '',
  article: '',
  inputs,
  outputs: [field('labels', null)],
  task: { name: 'predict', action: 'Run', live: false, streaming: false },
  examples,
  maxBytes: 1,
  revision: '',
})

const codeOf = (manifest: SpaceManifest) => snippetsOf(manifest, 'http://host/plan/').map(({ code }) => code)

test('a space without files is called with JSON', () => {
  const [curl, typescript] = codeOf(space([field('name', "Grace's run"), field('epochs', 20)]))
  assert.equal(
    curl,
    `curl http://host/plan/api/predict \\
  -H 'content-type: application/json' \\
  -d '{
  "name": "Grace'\\''s run",
  "epochs": 20
}'`,
  )
  assert.match(typescript ?? '', /await client\.run\(\{\n {2}name: "Grace's run",\n {2}epochs: 20,\n\}\)/)
})

test('a space with a picture is called with a form, named like the first example', () => {
  const photo = { id: 'x', mime: 'image/jpeg', name: 'coffee.jpg', byteLength: 1 }
  const [curl, typescript] = codeOf(space([field('photo', null, 'image/*'), field('top', 5)], [{ inputs: { photo } }]))
  assert.equal(curl, "curl http://host/plan/api/predict \\\n  -F 'photo=@coffee.jpg' \\\n  -F 'top=5'")
  assert.match(typescript ?? '', /import \{ openAsBlob \} from 'node:fs'/)
  assert.match(typescript ?? '', /photo: await openAsBlob\('coffee\.jpg'\)/)
  assert.match(typescript ?? '', /const \{ labels \} = await client\.run/)
})

test('what may stay empty is left out of a call, what is missing is there to be filled in, a list of pictures is one of files', () => {
  const rocket = { id: 'x', mime: 'image/jpeg', name: "a 'rocket'.jpg", byteLength: 1 }
  const all = [
    { image: rocket, caption: null },
    { image: { ...rocket, name: 'lion.jpg' }, caption: 'A lion' },
  ]
  const inputs = [
    field('all', null),
    field('word', null),
    { ...field('note', null), optional: true },
    { ...field('mask', null, 'image/*'), optional: true },
  ]
  const [curl, typescript] = codeOf(space(inputs, [{ inputs: { all } }]))
  assert.equal(
    curl,
    `curl http://host/plan/api/predict \\
  -F 'all=@a '\\''rocket'\\''.jpg' \\
  -F 'all=@lion.jpg' \\
  -F 'word=…'`,
  )
  assert.match(
    typescript ?? '',
    /all: \[\{ image: await openAsBlob\('a \\'rocket\\'\.jpg'\), caption: null \}, \{ image: await openAsBlob\('lion\.jpg'\), caption: null \}\],\n {2}word: "…",\n\}\)/,
  )
})
