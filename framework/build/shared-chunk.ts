/**
 * Puts what several chunks share into one. The bundler makes a chunk for every set of entries that share something, which
 * on our pages is a dozen small files: more requests, and an eighth more bytes, as each is compressed alone. A first
 * build tells what is shared; in the second one every chunk imports all of it, and it falls into one file.
 */

import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Loader, Metafile, Plugin } from 'esbuild'

/** Libraries and the page's own kit. What only components share stays with the few of them that do. */
const SHARED = /^(node_modules\/(preact|@preact)\/|framework\/(ui|client)\/)/

/** @param apart - entries that are pages of their own, and do without the rest. */
export function sharedChunk(root: string, { outputs }: Metafile, apart: readonly string[]): Plugin {
  const isApart = (source: string | undefined) => source !== undefined && apart.includes(source)
  const entries = Object.values(outputs).flatMap(({ entryPoint }) => (entryPoint ? [entryPoint] : []))
  const shared = Object.keys(outputs)
    .filter((file) => outputs[file]?.entryPoint === undefined && isLoadedAtOnce(file, outputs))
    .flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}))
    .filter((source) => SHARED.test(source))
    .sort()
  const injected = new Set(entries.filter((source) => !isApart(source)).map((source) => resolve(root, source)))
  return {
    name: 'shared-chunk',
    setup(build) {
      build.onResolve({ filter: /^shared-chunk$/ }, () => ({ path: 'shared-chunk', namespace: 'shared-chunk' }))
      build.onLoad({ filter: /.*/, namespace: 'shared-chunk' }, () => ({
        contents: shared.map((source) => `import ${JSON.stringify(resolve(root, source))}`).join('\n'),
        resolveDir: root,
      }))
      build.onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
        if (!injected.has(path)) return undefined
        const loader: Loader = path.endsWith('x') ? 'tsx' : 'ts'
        return { contents: `${await readFile(path, 'utf8')}\nimport 'shared-chunk'`, loader }
      })
    },
  }
}

/** Whether a page needs the chunk before anything is opened on it: the page itself imports it, or a view does. */
function isLoadedAtOnce(file: string, outputs: Metafile['outputs']): boolean {
  return Object.values(outputs).some(
    ({ entryPoint, imports }) =>
      entryPoint !== undefined &&
      /^(framework\/client\/main|components\/[\w-]+\/view)\.tsx$/.test(entryPoint) &&
      imports.some(({ path, kind }) => path === file && kind === 'import-statement'),
  )
}
