/**
 * The numbered messages of one tab, kept until the page says that it has seen them: after a cut they are sent again.
 * Bounded: where a page acknowledges nothing, the oldest go.
 */

export class Outbox {
  /** The last number given out. */
  seq = 0
  /** The last number that was handed to a connection. */
  sent = 0
  chars = 0
  /** Characters that no connection has taken yet. */
  unsentChars = 0
  readonly #maxChars: number
  /** Messages `#first`, `#first + 1`, …; those before `#head` are gone. */
  #messages: string[] = []
  #head = 0
  #first = 1

  constructor(maxChars: number) {
    this.#maxChars = maxChars
  }

  /** @param fields - the message as JSON, without its opening brace: `"type":"done",…}`. */
  push(fields: string): void {
    this.seq++
    const message = `{"seq":${this.seq},${fields}`
    this.#messages.push(message)
    this.chars += message.length
    this.unsentChars += message.length
    while (this.chars > this.#maxChars && this.#first < this.seq) this.#shift()
  }

  /** Forgets everything up to a number. */
  trim(seen: number): void {
    while (this.#first <= seen && this.#head < this.#messages.length) this.#shift()
  }

  #shift(): void {
    const length = this.#messages[this.#head]?.length ?? 0
    this.chars -= length
    if (this.#first > this.sent) {
      this.unsentChars -= length
      this.sent = this.#first
    }
    this.#messages[this.#head] = ''
    this.#head++
    this.#first++
    if (this.#head > 1024 && this.#head * 2 > this.#messages.length) {
      this.#messages = this.#messages.slice(this.#head)
      this.#head = 0
    }
  }

  /** Begins again after the last message that a page has seen. @returns whether nothing that it missed is gone. */
  rewind(seen: number): boolean {
    this.trim(seen)
    this.sent = Math.min(Math.max(seen, this.#first - 1), this.seq)
    this.unsentChars = 0
    for (let seq = this.sent + 1; seq <= this.seq; seq++) this.unsentChars += this.#at(seq).length
    return seen >= this.#first - 1
  }

  get hasUnsent(): boolean {
    return this.sent < this.seq
  }

  #at(seq: number): string {
    return this.#messages[this.#head + seq - this.#first] ?? ''
  }

  /** The next frame: one message as it is, several as an array, no longer than about `maxChars`. */
  take(maxChars: number): string {
    let frame = this.#next()
    if (this.sent === this.seq) return frame
    frame = `[${frame}`
    while (this.sent < this.seq && frame.length < maxChars) {
      frame += `,${this.#next()}`
    }
    return `${frame}]`
  }

  #next(): string {
    const message = this.#at(++this.sent)
    this.unsentChars -= message.length
    return message
  }
}
