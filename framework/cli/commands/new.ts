/** `spaces new`: a folder to begin with, copied from a template. */

import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { basename, join, resolve, sep } from 'node:path'
import { nearest } from '#core/nearest.ts'
import { defineCommand, EXIT, flag, UsageError } from '../command.ts'
import { ownFolder, ownVersion } from '../package.ts'
import { paint, print, printError } from '../terminal.ts'

const DEFAULT_TEMPLATE = 'blank'
/** Names under which npm would leave these files out of a package, or read them as its own. */
const RENAMED = { _gitignore: '.gitignore', _npmrc: '.npmrc', '_package.json': 'package.json' }

export default defineCommand({
  name: 'new',
  summary: 'Make a folder with a space to begin with',
  usage: '<folder>',
  args: { min: 1, max: 1 },
  flags: { template: flag.text(`What to begin with (default ${DEFAULT_TEMPLATE})`, '<name>') },
  async run({ args: [path = '.'], flags: { template = DEFAULT_TEMPLATE } }) {
    const folder = resolve(path)
    const templates = join(ownFolder(), 'templates')
    await checkTemplate(templates, template)
    const there = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      if (error.code === 'ENOTDIR') return [basename(folder)]
      throw error
    })
    if (there.length) {
      printError(`${path} is not an empty folder. Name another one; nothing was written.`)
      return EXIT.failed
    }
    await mkdir(folder, { recursive: true })
    await cp(join(templates, template), folder, {
      recursive: true,
      filter: (source) => basename(source) !== 'node_modules',
    })
    for (const [from, to] of Object.entries(RENAMED)) await rename(join(folder, from), join(folder, to))
    await nameProject(join(folder, 'package.json'), folder)
    print(`${paint('green', 'Made')} ${path} from the template ${template}. Next:\n`)
    print(
      `  ${folder === process.cwd() ? '' : `cd ${/\s/.test(path) ? `"${path}"` : path} && `}npm install\n  npm run dev`,
    )
    return EXIT.ok
  },
})

async function checkTemplate(templates: string, name: string): Promise<void> {
  const entries = await readdir(templates, { withFileTypes: true })
  const known = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  if (known.includes(name)) return
  throw new UsageError(
    `There is no template “${name}”. ${nearest(name, known)} There are: ${known.join(', ')}.`.replace('  ', ' '),
  )
}

async function nameProject(file: string, folder: string): Promise<void> {
  const project = JSON.parse(await readFile(file, 'utf8'))
  project.name = projectName(folder)
  const own = ownFolder()
  // A checkout of this package is used as it is; an installed one by its version.
  project.dependencies.spaces = own.split(sep).includes('node_modules') ? `^${await ownVersion()}` : `file:${own}`
  await writeFile(file, `${JSON.stringify(project, null, 2)}\n`)
}

/** npm takes lower case, digits and `-._`, not beginning with a dot or an underscore. */
function projectName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+|-+$/g, '')
  return name || 'my-space'
}
