// Declarations of the public entries, in dist/types. tsc keeps specifiers as they stand in the sources, where they end in
// `.ts` or begin with `#`; a consumer's compiler has neither the sources nor this package's `imports`, so they are
// rewritten to relative `.js` ones, which every module resolution understands.
import { execFile } from 'node:child_process'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export async function buildDeclarations({ root, dist, entries }) {
  const out = join(dist, `types.${process.pid}.tmp`)
  const config = join(root, 'node_modules/.cache/spaces-build', `tsconfig-${process.pid}.json`)
  await mkdir(dirname(config), { recursive: true })
  await writeFile(
    config,
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        noEmit: false,
        declaration: true,
        emitDeclarationOnly: true,
        // `npm run check` checks; a build only writes down.
        noCheck: true,
        stripInternal: true,
        rootDir: root,
        outDir: out,
        typeRoots: [join(root, 'node_modules/@types')],
      },
      files: entries.map((entry) => join(root, entry)),
      include: [],
    }),
  )
  try {
    const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
    await run(process.execPath, [tsc, '-p', config], { cwd: root }).catch((error) => {
      throw new Error(`The declarations could not be written:\n${error.stdout || error.stderr || error.message}`)
    })
    await rewriteSpecifiers(out)
    await rm(join(dist, 'types'), { recursive: true, force: true })
    await rename(out, join(dist, 'types'))
  } finally {
    await Promise.all([rm(config, { force: true }), rm(out, { recursive: true, force: true })])
  }
}

async function rewriteSpecifiers(folder) {
  const files = await readdir(folder, { recursive: true, withFileTypes: true })
  await Promise.all(
    files
      .filter((file) => file.isFile())
      .map(async (file) => {
        const path = join(file.parentPath, file.name)
        const text = await readFile(path, 'utf8')
        const changed = text.replaceAll(
          /(\bfrom\s*|\bimport\s*\(?\s*)(['"])(#|\.)([^'"]+)\2/g,
          (_, before, quote, mark, rest) => `${before}${quote}${toRelative(mark + rest, folder, path)}${quote}`,
        )
        if (changed !== text) await writeFile(path, changed)
      }),
  )
}

/** `#core/x.ts` in `<folder>/components/image/definition.d.ts` is `../../framework/core/x.js`. */
function toRelative(specifier, folder, from) {
  const script = specifier.replace(/\.tsx?$/, '.js')
  if (!script.startsWith('#')) return script
  const path = relative(dirname(from), join(folder, 'framework', script.slice(1)))
    .split(sep)
    .join('/')
  return path.startsWith('.') ? path : `./${path}`
}
