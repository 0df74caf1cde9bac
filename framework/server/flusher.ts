/**
 * Gathers everything that was said on one occasion, so that it leaves in one frame for each tab. An occasion is one
 * message that came in, or one timer, with all the promises that it settled: Node runs what `nextTick` was given once
 * there are no more of those. Waiting longer, until all sockets were read, would make clients and server take turns.
 */

export interface Flushable {
  flush(): void
}

export class Flusher {
  #waiting: Flushable[] = []
  readonly #run = () => this.flush()
  readonly #afterPromises = () => process.nextTick(this.#run)

  /** A tab asks once and not again before its `flush` was called. */
  add(tab: Flushable): void {
    if (this.#waiting.length === 0) queueMicrotask(this.#afterPromises)
    this.#waiting.push(tab)
  }

  flush(): void {
    const tabs = this.#waiting
    this.#waiting = []
    for (const tab of tabs) tab.flush()
  }
}
