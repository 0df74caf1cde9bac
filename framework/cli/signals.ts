/** Stopping on SIGINT, SIGTERM and SIGHUP: the first asks, the second does not. */

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

/** Waits until the process is asked to stop. Asked once more, it ends at once, with the code that shells expect. */
export function untilStopped(): Promise<keyof typeof SIGNALS> {
  return new Promise((resolve) => {
    let asked = false
    for (const signal of Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]) {
      process.on(signal, () => {
        if (asked) process.exit(SIGNALS[signal])
        asked = true
        resolve(signal)
      })
    }
  })
}
