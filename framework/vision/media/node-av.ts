/** The optional package node-av: FFmpeg in process. Nothing but this folder knows of it. */

import { SpaceError } from '#core/errors.ts'

interface Av {
  readonly api: typeof import('node-av/api')
  readonly lib: typeof import('node-av/lib')
  readonly constants: typeof import('node-av/constants')
}

let loading: Promise<Av> | null = null

/** @throws SpaceError `package-missing` */
export async function loadAv(path: string): Promise<Av> {
  loading ??= load()
  return loading.catch((cause: unknown) => {
    loading = null
    throw new SpaceError('package-missing', { path, name: 'node-av', purpose: 'video' }, { cause })
  })
}

async function load(): Promise<Av> {
  provideWithResolvers()
  const [api, lib, constants] = await Promise.all([
    import('node-av/api'),
    import('node-av/lib'),
    import('node-av/constants'),
  ])
  // What goes wrong is thrown; FFmpeg's own remarks would end up in the author's terminal.
  lib.Log.setLevel(constants.AV_LOG_QUIET)
  return { api, lib, constants }
}

/** node-av uses it while it loads; Node has it from version 22. */
function provideWithResolvers(): void {
  const constructor = Promise as unknown as { withResolvers?: unknown }
  constructor.withResolvers ??= function withResolvers<T>() {
    let resolve: unknown
    let reject: unknown
    const promise = new Promise<T>((onValue, onError) => {
      resolve = onValue
      reject = onError
    })
    return { promise, resolve, reject }
  }
}
