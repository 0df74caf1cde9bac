/** Keeps what belongs to the server out of the browser's bundle: an import of it is a build error that names the importer. */

import { relative } from 'node:path'
import type { Plugin } from 'esbuild'

/** Packages that run in Node alone. */
const PACKAGES =
  /^(node:.*|sharp|onnxruntime-node|ws|hono|@hono\/.*|marked|esbuild|acorn|node-av|@huggingface\/.*|preact-render-to-string)(\/|$)/

/** Files that run in Node alone, from the root of the repository. */
const FILES =
  /^(components\/[\w-]+\/server\.tsx?|framework\/(server|vision|cli|build|testing|share|deploy)\/.*|framework\/client\/render\.tsx|spaces\/.*)$/

/** @param root - folder of the repository, which the rules and the messages are relative to. */
export function browserOnly(root: string): Plugin {
  return {
    name: 'browser-only',
    setup(build) {
      const checked = Symbol('checked')
      build.onResolve({ filter: /.*/ }, async ({ path, kind, importer, resolveDir, namespace, pluginData }) => {
        if (pluginData === checked || kind === 'entry-point') return undefined
        if (!PACKAGES.test(path)) {
          const found = await build.resolve(path, { kind, importer, resolveDir, namespace, pluginData: checked })
          if (found.errors.length || !FILES.test(inside(root, found.path))) return found
        }
        const text = `"${path}" is server-only, but the browser bundle imports it from ${inside(root, importer)}`
        return { errors: [{ text }] }
      })
    },
  }
}

const inside = (root: string, path: string) => relative(root, path).replaceAll('\\', '/')
