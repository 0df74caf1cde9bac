/** Gathers everything that was said in one turn of the event loop, so that it leaves in one frame for each tab. */

export interface Flushable {
  flush(): void
}

export class Flusher {
  #waiting: Flushable[] = []
  readonly #run = () => this.flush()

  /** Must be called once for each turn and tab; the tab knows whether it has asked already. */
  add(tab: Flushable): void {
    if (this.#waiting.length === 0) setImmediate(this.#run)
    this.#waiting.push(tab)
  }

  flush(): void {
    const tabs = this.#waiting
    this.#waiting = []
    for (const tab of tabs) tab.flush()
  }
}
