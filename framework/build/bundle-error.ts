/** Why a file cannot be bundled, and where. */

import { basename, isAbsolute, relative } from 'node:path'

export interface Place {
  /** Absolute. */
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  readonly length: number
}

export class BundleError extends Error {
  readonly place: Place | null
  /** The files that were read before it went wrong: one of them has to change. */
  readonly inputs: readonly string[]

  constructor({ reason, place, inputs }: { reason: string; place: Place | null; inputs: readonly string[] }) {
    super(reason)
    this.place = place
    this.inputs = inputs
  }
}

/** A path as messages show it: from the working folder where it lies in it, never from the disk's root. */
export function shownPath(file: string, at?: { line: number; column: number } | null): string {
  const path = relative(process.cwd(), file)
  const shown = path.startsWith('..') || isAbsolute(path) ? basename(file) : path
  return at ? `${shown}:${at.line}:${at.column}` : shown
}
