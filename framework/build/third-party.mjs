// Which packages go into dist/ and which stay outside.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Bundled because each file that Node has to find and read costs at every start; together a tenth of the time to the
 * first page. Everything else is loaded late, or has binaries, or (preact) must be there once for everybody.
 */
const INSIDE = new Set(['hono', '@hono/node-server', 'marked'])
/** What the page's scripts are made of, beside these. */
const IN_PAGE = ['preact', '@preact/signals', '@preact/signals-core']

const nameOf = (path) => path.split('/', path.startsWith('@') ? 2 : 1).join('/')

export const packagesOutside = {
  name: 'packages-outside',
  setup(build) {
    build.onResolve({ filter: /^[^./#]/ }, ({ path, kind }) =>
      kind === 'entry-point' || INSIDE.has(nameOf(path)) ? undefined : { path, external: true },
    )
  },
}

/** The adapter asks of every request whether it is one of HTTP/2, which is not served here; that module takes 5 ms to load. */
export const withoutHttp2 = {
  name: 'without-http2',
  setup(build) {
    build.onResolve({ filter: /^node:http2$/ }, () => ({ path: 'http2', namespace: 'without-http2' }))
    build.onLoad({ filter: /.*/, namespace: 'without-http2' }, () => ({
      contents: 'export class Http2ServerRequest {}\nexport const constants = {}',
    }))
  },
}

/** The licences of what is bundled, which their terms ask to be passed on. */
export async function thirdPartyLicenses(root) {
  const texts = await Promise.all(
    [...INSIDE, ...IN_PAGE].map(async (name) => {
      const folder = join(root, 'node_modules', name)
      const { version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
      const file = (await readdir(folder)).find((entry) => /^licen[cs]e/i.test(entry))
      const text = file ? (await readFile(join(folder, file), 'utf8')).trim() : ''
      return `${name} ${version} (${license})\n\n${text}\n`
    }),
  )
  return `dist/ contains parts of these packages.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`
}
