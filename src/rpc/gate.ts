/** Lets so many through at once; the others wait in the order in which they came. */
export class Gate {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(atOnce: number) {
    this.#free = atOnce
  }

  async pass<Result>(act: () => Promise<Result>): Promise<Result> {
    await this.#enter()
    try {
      return await act()
    } finally {
      this.#leave()
    }
  }

  /** For whoever has passed: steps out while something lasts, so that others can pass, and then comes in again. */
  async outside<Result>(act: () => Promise<Result>): Promise<Result> {
    this.#leave()
    try {
      return await act()
    } finally {
      await this.#enter()
    }
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) this.#free -= 1
    else await new Promise<void>((resolve) => this.#waiting.push(resolve))
  }

  #leave(): void {
    const next = this.#waiting.shift()
    if (next) next()
    else this.#free += 1
  }
}
