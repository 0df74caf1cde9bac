/** What the pool and its workers say to each other. */

import type { Step } from '../task.ts'
import type { TaskFile } from '../tasks.ts'
import type { CarriedError } from './carry.ts'
import type { Placement } from './open-task.ts'

/** A model opened for a task; `key` names it from then on. */
export interface OpenRequest {
  readonly type: 'open'
  readonly key: string
  readonly task: TaskFile
  readonly model: { readonly id: string; readonly folder: string }
  readonly options: Readonly<Record<string, unknown>>
  readonly placement: Placement
}

export type ToWorker =
  | OpenRequest
  | { readonly type: 'close'; readonly key: string }
  | {
      readonly type: 'call'
      readonly job: number
      readonly key: string
      readonly args: readonly unknown[]
      /** Where relative paths in the arguments start. */
      readonly folder: string
    }
  | { readonly type: 'cancel'; readonly job: number }
  | { readonly type: 'end' }

export type FromWorker =
  | { readonly type: 'opened'; readonly key: string; readonly byteLength: number }
  | { readonly type: 'closed'; readonly key: string }
  | { readonly type: 'open-failed'; readonly key: string; readonly error: CarriedError }
  | {
      readonly type: 'answer'
      readonly job: number
      readonly value: unknown
      readonly timings: Readonly<Record<Step, number>>
    }
  | { readonly type: 'failed'; readonly job: number; readonly error: CarriedError }
  | {
      readonly type: 'progress'
      readonly job: number
      readonly fraction: number
      readonly note: string | null
      readonly partial: unknown
    }
