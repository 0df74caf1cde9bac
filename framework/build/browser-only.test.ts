import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import * as esbuild from 'esbuild'
import { browserOnly } from './browser-only.ts'

/** Bundles `components/image/view.tsx` of a folder with these files, and gives the errors with their places. */
async function errorsOf(files: Record<string, string>): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), 'browser-only-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true })
      await writeFile(join(root, name), text)
    }
    const options = { absWorkingDir: root, bundle: true, write: false, logLevel: 'silent' } as const
    const entryPoints = ['components/image/view.tsx']
    await esbuild.build({ ...options, entryPoints, plugins: [browserOnly(root)] })
    return []
  } catch (error) {
    return (error as esbuild.BuildFailure).errors.map(({ text, location }) => `${text}:${location?.line}`)
  } finally {
    await rm(root, { recursive: true })
  }
}

test('a view that imports its server half is a build error that names the view and the line', async () => {
  const errors = await errorsOf({
    'components/image/view.tsx': "export const a = 1\nimport './server'\n",
    'components/image/server.ts': 'export {}',
  })
  assert.deepEqual(errors, [
    '"./server" is server-only, but the browser bundle imports it from components/image/view.tsx:2',
  ])
})

test('so is a package or a Node module that only a server has, however far in', async () => {
  const errors = await errorsOf({
    'components/image/view.tsx': "import './draw.ts'",
    'components/image/draw.ts':
      "import sharp from 'sharp'\nimport { readFile } from 'node:fs/promises'\nsharp(readFile)",
  })
  assert.deepEqual(errors.sort(), [
    '"node:fs/promises" is server-only, but the browser bundle imports it from components/image/draw.ts:2',
    '"sharp" is server-only, but the browser bundle imports it from components/image/draw.ts:1',
  ])
})

test('the server’s own files are refused by where they stand', async () => {
  const errors = await errorsOf({
    'components/image/view.tsx': "import '../../framework/vision/codec.ts'",
    'framework/vision/codec.ts': 'export {}',
  })
  assert.equal(errors.length, 1)
})

test('what is meant for browsers passes', async () => {
  const errors = await errorsOf({
    'components/image/view.tsx': "import type { Codec } from './server.ts'\nimport '../../framework/ui/button.ts'",
    'components/image/server.ts': 'export interface Codec {}',
    'framework/ui/button.ts': 'export {}',
  })
  assert.deepEqual(errors, [])
})
