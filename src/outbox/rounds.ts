/** Something that is done again and again for as long as the service runs, one round after the other. */

export interface RoundOptions {
  /** One round. Answers whether there is more to do at once. */
  readonly round: (signal: AbortSignal) => Promise<boolean>
  /** Milliseconds from the end of a round without more to do to the beginning of the next. */
  readonly every: number
  /** Told of a round that failed; the next comes after the usual time. */
  readonly onTrouble: (error: unknown) => void
}

export class Rounds {
  readonly #options: RoundOptions
  readonly #stop = new AbortController()
  #wake: (() => void) | undefined
  #called = false
  readonly #ended: Promise<void>

  constructor(options: RoundOptions) {
    this.#options = options
    this.#ended = this.#run()
  }

  /** Lets the next round begin at once. */
  call(): void {
    this.#called = true
    this.#wake?.()
  }

  /** Resolves when the round under way is over; there is no other after it. */
  async close(): Promise<void> {
    this.#stop.abort()
    this.#wake?.()
    await this.#ended
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop
    while (!signal.aborted) {
      this.#called = false
      let more = false
      try {
        more = await this.#options.round(signal)
      } catch (error) {
        if (!signal.aborted) this.#options.onTrouble(error)
      }
      if (!more && !signal.aborted) await this.#pause()
    }
  }

  #pause(): Promise<void> {
    if (this.#called) return Promise.resolve()
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), this.#options.every)
      this.#wake = () => {
        clearTimeout(timer)
        this.#wake = undefined
        resolve()
      }
    })
  }
}
