/**
 * The wire between a page and the server: one WebSocket per tab, at `<space>/ws`, JSON text frames.
 *
 * 1. A frame is one message or an array of messages, in either direction.
 * 2. The socket opens with `?tab=<tab>&seen=<seq>` when it comes back after a cut, with neither when it is new. The
 *    server answers with `welcome` first. `tab` is a secret of that tab: who knows it receives its messages.
 * 3. A job goes queued -> running -> done | failed | cancelled. The client names it, with an id that is unique in its tab.
 *    `queued` is sent only to a job that has to wait. Patches and progress come only while it runs. Exactly one of the
 *    three ends comes, and nothing after it.
 * 4. Every message about a job carries `seq`, which counts 1, 2, 3, … within the tab, without gaps. After a cut the
 *    server sends everything after `seen` again, in order; a client drops what it has seen. `ack` lets the server forget.
 *    Where it had to forget more than was seen (`welcome.resumed` is false) running jobs are lost to this page.
 * 5. A patch holds the outputs that changed, each whole. `done` holds all outputs.
 * 6. Media never travel here: they are uploaded to `<space>/files` and named by a `FileRef`.
 * 7. The server pings with WebSocket pings and drops a socket that does not answer; a client that hears nothing for
 *    `HEARTBEAT_MS * 2` may send `ping` and is answered `pong`.
 * 8. A message that cannot be understood is answered by `refused` and changes nothing. A frame above
 *    `MAX_MESSAGE_BYTES` closes the socket with code 1009.
 */

import type { PublicError } from './errors.ts'
import type { SpaceManifest, Wires } from './manifest.ts'

export type JobId = string

export const HEARTBEAT_MS = 15_000
/** A tab that stays away longer than this has its running jobs cancelled and is forgotten. */
export const TAB_GRACE_MS = 120_000
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024
export const MAX_JOB_ID_LENGTH = 64

export type ClientMessage =
  | { readonly type: 'run'; readonly job: JobId; readonly task: string; readonly inputs: Wires }
  | { readonly type: 'cancel'; readonly job: JobId }
  | { readonly type: 'ack'; readonly seen: number }
  | { readonly type: 'ping' }

export type JobMessage =
  /** @remarks position 1 is next; `etaMs` is null until something has been measured. */
  | {
      readonly seq: number
      readonly type: 'queued'
      readonly job: JobId
      readonly position: number
      readonly size: number
      readonly etaMs: number | null
    }
  | { readonly seq: number; readonly type: 'running'; readonly job: JobId; readonly etaMs: number | null }
  | {
      readonly seq: number
      readonly type: 'progress'
      readonly job: JobId
      readonly fraction: number
      readonly note: string
    }
  | { readonly seq: number; readonly type: 'patch'; readonly job: JobId; readonly outputs: Wires }
  | {
      readonly seq: number
      readonly type: 'done'
      readonly job: JobId
      readonly outputs: Wires
      readonly elapsedMs: number
    }
  | { readonly seq: number; readonly type: 'failed'; readonly job: JobId; readonly error: PublicError }
  | { readonly seq: number; readonly type: 'cancelled'; readonly job: JobId }

export type ServerMessage =
  | JobMessage
  /** `seq` is the last number that the server has given out in this tab. */
  | {
      readonly type: 'welcome'
      readonly tab: string
      readonly resumed: boolean
      readonly seq: number
      readonly revision: string
    }
  | { readonly type: 'refused'; readonly job: JobId | null; readonly error: PublicError }
  | { readonly type: 'pong' }
  /** The server is going away; the client reconnects by itself when it is back. */
  | { readonly type: 'closing' }
  /** `spaces dev`: the space was edited. Field values stay. */
  | { readonly type: 'reload'; readonly manifest: SpaceManifest }
  /** `spaces dev`: the edit does not load; the last good space goes on. */
  | { readonly type: 'broken'; readonly error: PublicError }

export type WithoutSeq<M> = M extends { seq: number } ? Omit<M, 'seq'> : never
/** A job's message before its tab has numbered it. */
export type JobEvent = WithoutSeq<JobMessage>
