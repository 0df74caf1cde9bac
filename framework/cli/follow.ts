/** Keeps a running app at what the files say: swaps what was edited, and tells the author what does not load. */

import { relative } from 'node:path'
import { spacesIn } from '#build/find-spaces.ts'
import type { BuiltSpace } from '#build/load-space.ts'
import { watchSpaces } from '#build/watch.ts'
import type { SpaceError } from '#core/errors.ts'
import type { App } from '#server/app.ts'
import { printProblem } from './problem.ts'
import type { Served } from './serve.ts'
import { paint, print } from './terminal.ts'

/** @param told - takes every problem that has been printed. */
export function follow(app: App, { spaces, gallery }: Served, told: WeakSet<Error>): Disposable {
  const tell = (problem: SpaceError) => {
    told.add(problem)
    printProblem(problem)
  }
  for (const { problem } of spaces) if (problem) tell(problem)
  return watchSpaces({
    spaces,
    gallery: gallery ? { folder: gallery.folder, find: () => spacesIn(gallery.folder) } : undefined,
    onLoaded(space, before) {
      if (space.problem) {
        tell(space.problem)
        app.fail(space.slug, space.problem)
        return
      }
      void app.swap(space).then((isServed) => {
        if (isServed) report(space, before === undefined ? 'is new' : outcome(space, before))
      })
    },
    onGone(space) {
      app.remove(space.slug)
      report(space, 'is gone')
    },
    onError: printProblem,
  })
}

function outcome({ space, setupKey }: BuiltSpace, before: BuiltSpace): string {
  if (before.problem) return 'loads again'
  if (!space?.setup) return 'swapped'
  return setupKey === before.setupKey ? 'swapped, what setup() gave is kept' : 'swapped, setup() runs again'
}

const report = ({ file }: BuiltSpace, what: string) => print(`${paint('dim', relative(process.cwd(), file))} ${what}`)
