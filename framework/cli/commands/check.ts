/** `spaces check`: loads spaces and runs every example of theirs, without a browser and without a port. */

import { pathToFileURL } from 'node:url'
import type { BuiltSpace } from '#build/load-space.ts'
import type { AnySpace } from '#core/space.ts'
import { openSpace } from '../../testing/index.ts'
import { defineCommand, EXIT } from '../command.ts'
import { printProblem } from '../problem.ts'
import { servePath } from '../serve.ts'
import { paint, print } from '../terminal.ts'

export default defineCommand({
  name: 'check',
  summary: 'Load a space, or a folder of spaces, and run every example once',
  usage: '[file|folder]',
  about: 'Without a path it checks the current folder. Exits with 1 when a space does not load or an example fails.',
  args: { min: 0, max: 1 },
  flags: {},
  async run({ args: [path = '.'] }) {
    const { spaces } = await servePath(path)
    let failures = 0
    // One after the other, so that the times are those of a run that has the machine to itself.
    for (const space of spaces) failures += await checkSpace(space)
    const what = `${spaces.length} ${spaces.length === 1 ? 'space' : 'spaces'}`
    print(failures ? paint('red', `${what}, ${failures} failed`) : paint('green', `${what}, all well`))
    return failures ? EXIT.failed : EXIT.ok
  },
})

/** Gives how many things failed. */
async function checkSpace({ space, problem, slug, file }: BuiltSpace): Promise<number> {
  print(paint('bold', space?.title ?? (slug || file)))
  if (problem) printProblem(problem)
  if (!space) return 1
  if (space.examples.length === 0) print('  no examples; it loads')
  let failures = 0
  await using page = await openSpace(space, { from: pathToFileURL(file).href })
  for (const [index, example] of space.examples.entries()) {
    const name = `example ${index + 1}: ${describe(example)}`
    const startedAt = performance.now()
    try {
      await page.run(example)
      print(`  ${paint('green', 'ok')}    ${name}  ${Math.round(performance.now() - startedAt)} ms`)
    } catch (error) {
      failures++
      print(`  ${paint('red', 'failed')} ${name}`)
      printProblem(error)
    }
  }
  return failures
}

function describe(example: Readonly<AnySpace['examples'][number]>): string {
  const text = Object.entries(example)
    .map(([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(', ')
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
