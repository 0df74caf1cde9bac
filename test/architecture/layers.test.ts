// Reads every import in the tree and holds it against one table of allowed directions (the picture is in framework/README.md).

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Packages that one layer may use. */
const PAGE = ['preact', '@preact/signals']
const SERVER = ['hono', '@hono/node-server', 'ws']
const PIXELS = ['sharp', 'onnxruntime-node', '@huggingface/tokenizers', '@huggingface/hub', 'undici', 'node-av']

/** layer, and what it may import beside its own folder. The first pattern that fits a file counts. */
const LAYERS: readonly [name: string, pattern: RegExp, allowed: readonly string[]][] = [
  ['core', /^framework\/core\//, []],
  ['vision', /^framework\/vision\//, ['framework/core', 'node:', ...PIXELS]],
  ['text', /^framework\/text\//, ['framework/core', 'marked']],
  ['ui', /^framework\/ui\//, ['framework/core', ...PAGE]],
  ['component definition', /^components\/[\w-]+\/definition\.ts$/, ['framework/core', 'components/*/definition.ts']],
  [
    'component server half',
    /^components\/[\w-]+\/server\.ts$/,
    ['framework/core', 'framework/vision', 'framework/text', 'node:'],
  ],
  ['component view', /^components\/[\w-]+\/[\w-]+\.tsx?$/, ['framework/core', 'framework/ui', ...PAGE]],
  ['components index', /^components\/index\.ts$/, ['framework/core', 'components']],
  ['sdk', /^framework\/sdk\//, ['framework/core', 'ws']],
  [
    'client',
    /^framework\/client\//,
    ['framework/core', 'framework/ui', 'framework/sdk', 'components/*/view.tsx', 'preact-render-to-string', ...PAGE],
  ],
  [
    'server',
    /^framework\/server\//,
    [
      'framework/core',
      'framework/vision',
      'framework/text',
      'framework/client/render.tsx',
      'components/*/server.ts',
      'node:',
      'sharp',
      ...SERVER,
    ],
  ],
  ['testing', /^framework\/testing\//, ['framework/core', 'framework/server', 'framework/vision', 'node:']],
  ['build', /^framework\/build\//, ['framework/core', 'node:', 'esbuild', 'acorn']],
  [
    'command line',
    /^framework\/cli\//,
    [
      'framework/client/render.tsx',
      'framework/core',
      'framework/index.ts',
      'framework/from-pipeline.ts',
      'framework/server',
      'framework/vision',
      'framework/build',
      'framework/testing',
      'node:',
    ],
  ],
  [
    'public door',
    /^framework\/[\w-]+\.ts$/,
    ['framework/core', 'framework/vision', 'components', 'framework/from-pipeline.ts', 'framework/pipeline-pages.ts'],
  ],
  ['author code', /^(spaces|templates)\//, ['spaces', 'node:']],
]

const sources = ['framework', 'components', 'spaces', 'templates']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.(tsx?|mjs)$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .filter((file) => !file.includes('node_modules'))

/** Every module specifier of a file: static, re-exported and dynamic ones, also those with a `${hole}` in them. */
function specifiersOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
  const found = text.matchAll(
    /(?:^|[\s;}])(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\s*\(\s*['"`]([^'"`]+)['"`]|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g,
  )
  // A path that is only known at run time, an author's bundle, says nothing about layers.
  return [...found]
    .map(([, from, dynamic, bare]) => (from ?? dynamic ?? bare) as string)
    .filter((name) => !name.startsWith('${'))
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('#')) return `framework/${specifier.slice(1)}`
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier))
  return specifier
}

function allows(allowed: string, target: string): boolean {
  if (allowed.endsWith(':')) return target.startsWith(allowed)
  if (allowed.includes('*')) return new RegExp(`^${allowed.replaceAll('.', '\\.').replace('*', '[^/]+')}$`).test(target)
  return target === allowed || target.startsWith(`${allowed}/`)
}

for (const file of sources) {
  const layer = LAYERS.find(([, pattern]) => pattern.test(file))
  test(`${file} imports only what its layer may know`, () => {
    assert.ok(layer, `${file} belongs to no layer: add it to LAYERS or move it`)
    const [name, , allowed] = layer
    const home = /^(framework\/[\w-]+|components\/[\w-]+|spaces\/[\w-]+|templates\/[\w-]+)\//.exec(file)?.[1]
    for (const specifier of specifiersOf(file)) {
      const target = targetOf(file, specifier)
      const own = home !== undefined && target.startsWith(`${home}/`)
      assert.ok(
        own || allowed.some((prefix) => allows(prefix, target)),
        `${file} (${name}) may not import "${specifier}". Allowed: ${allowed.join(', ') || 'nothing outside its folder'}.`,
      )
    }
  })
}

test('a component’s browser half never reaches its server half', () => {
  for (const file of sources.filter(
    (file) => /^components\/[\w-]+\//.test(file) && !/(server|\.test)\.tsx?$/.test(file),
  )) {
    for (const specifier of specifiersOf(file))
      assert.ok(!/(^|\/)server(\.ts)?$/.test(specifier), `${file} imports "${specifier}"`)
  }
})
