/** The progress of a download as a line in the terminal. */

import { bytes } from '#core/error-catalogue.ts'
import type { Transfer } from './download.ts'
import { readEnvironment } from './environment.ts'

/** What a terminal needs to have: `process.stderr` has it. */
export interface BarOutput {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export interface Bar {
  /** To be passed as `onProgress`. */
  readonly onProgress: (transfer: Transfer) => void
  /** Clears the line. */
  end(): void
}

const REDRAW_MS = 80
const CELLS = 24

/** Standard error, unless `HF_HUB_DISABLE_PROGRESS_BARS` says that nobody wants to see it. */
const usual = (): BarOutput => (readEnvironment().bars ? process.stderr : { write: () => undefined })

/**
 * One line that is drawn over again in a terminal; elsewhere (a log, a pipe) a line for each file that is complete.
 * @param title - what is fetched, at the beginning of the line.
 */
export function createBar(title: string, output: BarOutput = usual(), now: () => number = Date.now): Bar {
  const transfers = new Map<string, Transfer>()
  const startedWith = new Map<string, number>()
  const startedAt = now()
  let drawnAt = Number.NEGATIVE_INFINITY
  let isDrawn = false

  const draw = () => {
    const total = sum(transfers, 'totalBytes')
    const received = sum(transfers, 'receivedBytes')
    const fresh = received - [...startedWith.values()].reduce((a, b) => a + b, 0)
    const perSecond = fresh / Math.max(0.001, (now() - startedAt) / 1000)
    const share = total === 0 ? 1 : received / total
    const filled = Math.round(share * CELLS)
    const bar = '█'.repeat(filled) + '░'.repeat(CELLS - filled)
    const line = `${title} ${bar} ${Math.floor(share * 100)} % · ${bytes(received)} of ${bytes(total)} · ${bytes(Math.round(perSecond))}/s`
    output.write(`\r\x1b[2K${line.slice(0, (output.columns ?? 80) - 1)}`)
    isDrawn = true
  }

  return {
    onProgress(transfer) {
      const before = transfers.get(transfer.file)
      if (!before) startedWith.set(transfer.file, transfer.receivedBytes)
      transfers.set(transfer.file, transfer)
      const isComplete = transfer.receivedBytes >= transfer.totalBytes
      if (!output.isTTY) {
        if (isComplete && !(before && before.receivedBytes >= before.totalBytes)) {
          output.write(`${title} ${transfer.file} (${bytes(transfer.totalBytes)})\n`)
        }
        return
      }
      if (now() - drawnAt < REDRAW_MS && !isComplete) return
      drawnAt = now()
      draw()
    },
    end() {
      if (isDrawn) output.write('\r\x1b[2K')
      isDrawn = false
    },
  }
}

function sum(transfers: ReadonlyMap<string, Transfer>, key: 'receivedBytes' | 'totalBytes'): number {
  return [...transfers.values()].reduce((total, transfer) => total + transfer[key], 0)
}
