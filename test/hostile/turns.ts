/** Notes how late a thread comes to its turns, and how much it has computed between two instants. */

/** Milliseconds that all threads of a process count alike. */
export function instant(): number {
  return performance.timeOrigin + performance.now()
}

interface Turn {
  readonly at: number
  /** Milliseconds that the turn came later than it was meant to. */
  readonly late: number
  /** Milliseconds that the thread had computed by then. */
  readonly computed: number
}

const everyMilliseconds = 10

/** How many turns are kept: those of some minutes. */
const most = 50_000

export class Turns {
  #turns: Turn[] = []
  #last = instant()

  constructor() {
    setInterval(() => this.#turn(), everyMilliseconds).unref()
  }

  #turn(): void {
    const at = instant()
    const { user, system } = process.threadCpuUsage()
    this.#turns.push({
      at,
      late: Math.max(0, at - this.#last - everyMilliseconds),
      computed: (user + system) / 1_000,
    })
    this.#last = at
    if (this.#turns.length > 2 * most) this.#turns = this.#turns.slice(-most)
  }

  forget(): void {
    this.#turns = []
    this.#last = instant()
  }

  longest(): number {
    return this.#turns.reduce((longest, { late }) => Math.max(longest, late), 0)
  }

  /** What happened between two instants; `late` is how long the thread was kept from its turns altogether. */
  between(from: number, to: number): { computed: number; longestTurn: number; late: number } {
    const after = this.#turns.findIndex(({ at }) => at >= from)
    const first = Math.max(0, after - 1)
    const found = this.#turns.findIndex(({ at }) => at >= to)
    const last = found === -1 ? this.#turns.length - 1 : found
    const begin = this.#turns[first]
    const end = this.#turns[last]
    if (!begin || !end) return { computed: 0, longestTurn: 0, late: 0 }
    // A turn that came late was late before it came.
    const within = this.#turns.slice(first + 1, last + 1).map(({ late }) => late)
    const computed = Math.max(0, end.computed - begin.computed)
    return {
      computed,
      longestTurn: Math.max(0, ...within),
      late: within.reduce((sum, late) => sum + late, 0),
    }
  }
}
