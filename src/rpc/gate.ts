/**
 * Lets so many through at once; the others wait. Partners take turns whatever the number of their calls, and the last
 * place is never taken by a partner who has one already, so that a flood of one is not in the way of another.
 */
export class Gate {
  #free: number
  /** How many places one partner may have. */
  readonly #most: number
  readonly #inside = new Map<number, number>()
  /** Who waits at the gate, by partner; the partner whose turn is next stands first. */
  readonly #waiting = new Map<number, (() => void)[]>()

  constructor(atOnce: number) {
    this.#free = atOnce
    this.#most = Math.max(1, atOnce - 1)
  }

  async pass<Result>(partnerId: number, act: () => Promise<Result>): Promise<Result> {
    await this.#enter(partnerId)
    try {
      return await act()
    } finally {
      this.#leave(partnerId)
    }
  }

  /** For whoever has passed: steps out while something lasts, so that others can pass, and then comes in again. */
  async outside<Result>(partnerId: number, act: () => Promise<Result>): Promise<Result> {
    this.#leave(partnerId)
    try {
      return await act()
    } finally {
      await this.#enter(partnerId)
    }
  }

  #enter(partnerId: number): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(partnerId)
      if (waiting) waiting.push(resolve)
      else this.#waiting.set(partnerId, [resolve])
      this.#admit()
    })
  }

  #leave(partnerId: number): void {
    const left = (this.#inside.get(partnerId) as number) - 1
    if (left > 0) this.#inside.set(partnerId, left)
    else this.#inside.delete(partnerId)
    this.#free += 1
    this.#admit()
  }

  #admit(): void {
    for (const [partnerId, waiting] of this.#waiting) {
      if (this.#free === 0) return
      const inside = this.#inside.get(partnerId) ?? 0
      if (inside >= this.#most) continue
      this.#free -= 1
      this.#inside.set(partnerId, inside + 1)
      const enter = waiting.shift() as () => void
      this.#waiting.delete(partnerId)
      // To the end of the row: the loop comes to it again once all others have had their turn.
      if (waiting.length > 0) this.#waiting.set(partnerId, waiting)
      enter()
    }
  }
}
