import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setupKey } from './setup-key.ts'

const bundle = (changes: Record<string, string> = {}) => {
  const part = (name: string, text: string) => changes[name] ?? text
  return `
import { space, Image } from "spaces";
import { pipeline } from "spaces/vision";
${part('helper', 'function folder(name) { return "./" + name }')}
${part('constant', 'var MODEL = folder("model"), UNUSED = 1;')}
${part('labels', 'var LABELS = ["cat", "dog"];')}
${part('action', '')}
var space_default = space({
  title: ${part('title', '"Cats"')},
  inputs: {}, outputs: {},
  ${part('setup', 'setup: () => pipeline("image-classification", MODEL),')}
  ${part('run', 'run() { return LABELS }')}
});
export { space_default as default };
`
}
const key = (changes?: Record<string, string>) => setupKey(bundle(changes))

test('an edit of the title, of run() or of what only run() uses keeps the model', () => {
  assert.equal(key({ title: '"Dogs"' }), key())
  assert.equal(key({ run: 'async *run() { yield 1; return LABELS.length }' }), key())
  assert.equal(key({ labels: 'var LABELS = ["cow"];' }), key())
  assert.equal(key({ constant: 'var MODEL = folder("model"), UNUSED = 2;' }), key())
})

test('an edit of setup, of a constant it names or of a helper behind that constant loads the model again', () => {
  assert.notEqual(key({ setup: 'setup: () => pipeline("object-detection", MODEL),' }), key())
  assert.notEqual(key({ constant: 'var MODEL = folder("other");' }), key())
  assert.notEqual(key({ helper: 'function folder(name) { return "/" + name }' }), key())
})

test('a statement that changes something setup uses counts, one that does not does not', () => {
  assert.notEqual(key({ action: 'MODEL = "./third";' }), key())
  assert.notEqual(key({ action: 'register(MODEL);' }), key())
  assert.equal(key({ action: 'console.log("hello");' }), key())
  assert.notEqual(key({ action: 'function choose() { MODEL = "./third" }' }), key())
})

test('setup may be a method, a name or shorthand', () => {
  const method = (id: string) => key({ setup: `async setup() { return pipeline("depth", "${id}") },` })
  assert.notEqual(method('a'), method('b'))
  const named = (id: string) => key({ action: `function load() { return pipeline("${id}") }`, setup: 'setup: load,' })
  assert.notEqual(named('a'), named('b'))
  const shorthand = (id: string) => key({ action: `var setup = () => pipeline("${id}");`, setup: 'setup,' })
  assert.notEqual(shorthand('a'), shorthand('b'))
})

test('a space made from a task and a model counts as a whole, but for the words on its page', () => {
  const made = (model: string, options = '') =>
    `import { fromPipeline } from "spaces"; export default fromPipeline("depth-estimation", "${model}"${options});`
  assert.equal(setupKey(made('a', ', { title: "One" }')), setupKey(made('a', ', { title: "Two", examples: [] }')))
  assert.notEqual(setupKey(made('a', ', { dtype: "q8" }')), setupKey(made('a', ', { dtype: "fp16" }')))
  assert.notEqual(setupKey(made('a')), setupKey(made('b')))
  assert.equal(setupKey(made('a')), setupKey(`${made('a')}\nvar note = 1;`))
})

test('a space without setup has a key that edits do not change', () => {
  assert.equal(key({ setup: '', labels: 'var LABELS = [];' }), key({ setup: '', title: '"Other"' }))
})
