/** Opens the port that was asked for, or the next free one, and says in words why none can be had. */

import type { Server } from '#server/listen.ts'
import { UsageError } from './command.ts'

/** How many ports above a busy one are tried. */
const TRIES = 50

/** @throws UsageError where the address or the port cannot be listened on. */
export async function listenNearby(
  open: (port: number) => Promise<Server>,
  port: number,
  host: string,
): Promise<{ server: Server; busy: number | null }> {
  for (let tried = port; ; tried++) {
    try {
      return { server: await open(tried), busy: tried === port ? null : port }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EADDRINUSE' && tried - port < TRIES && tried < 65535) continue
      throw REASONS[code ?? '']?.(host, port) ?? error
    }
  }
}

const noAddress = (host: string) =>
  new UsageError(`--host: this computer has no address “${host}”. Give localhost, or 0.0.0.0 for the whole network.`)

const REASONS: Readonly<Record<string, (host: string, port: number) => UsageError>> = {
  EADDRINUSE: (_host, port) => new UsageError(`--port: ${port} and those above it are busy. Give another one.`),
  EACCES: (_host, port) => new UsageError(`--port: this user may not listen on ${port}. Give one above 1023.`),
  EADDRNOTAVAIL: noAddress,
  ENOTFOUND: noAddress,
  EAI_AGAIN: noAddress,
}
