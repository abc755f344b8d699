/**
 * Wakes whoever waits at the end of a feed. A commit of this server wakes its waiters at once; those of other servers
 * are found by one cheap query every 0.4 s, for all partners that anybody waits for. A waiter is a promise and nothing
 * else, so that thousands may wait.
 */
import type pg from 'pg'

const everyMilliseconds = 400

interface Waiter {
  readonly after: number
  readonly wake: (lastSeq: number | null) => void
}

export interface TailOptions {
  readonly pool: pg.Pool
  /** Milliseconds between two looks at what other servers have committed. */
  readonly every?: number
  readonly onTrouble?: (error: unknown) => void
}

export class Tail {
  readonly #options: TailOptions
  readonly #waiters = new Map<number, Set<Waiter>>()
  /** The last position of each partner that this server has heard of. */
  readonly #heard = new Map<number, number>()
  #polling: ReturnType<typeof setTimeout> | undefined
  #closed = false

  constructor(options: TailOptions) {
    this.#options = options
  }

  /** How many wait at the moment. */
  get waiting(): number {
    let count = 0
    for (const waiters of this.#waiters.values()) count += waiters.size
    return count
  }

  /** Answers the last position once it is past `after`, or null when the time is over or the service is stopping. */
  wait(partnerId: number, after: number, milliseconds: number): Promise<number | null> {
    const heard = this.#heard.get(partnerId) ?? 0
    if (heard > after) return Promise.resolve(heard)
    if (this.#closed || milliseconds <= 0) return Promise.resolve(null)
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(partnerId) ?? new Set()
      const waiter: Waiter = {
        after,
        wake: (lastSeq) => {
          clearTimeout(deadline)
          waiters.delete(waiter)
          if (waiters.size === 0) this.#waiters.delete(partnerId)
          resolve(lastSeq)
        },
      }
      const deadline = setTimeout(() => waiter.wake(null), milliseconds)
      waiters.add(waiter)
      this.#waiters.set(partnerId, waiters)
      this.#poll()
    })
  }

  /** Takes in how far a partner's feed goes. */
  hear(partnerId: number, lastSeq: number): void {
    if (lastSeq <= (this.#heard.get(partnerId) ?? 0)) return
    this.#heard.set(partnerId, lastSeq)
    for (const waiter of [...(this.#waiters.get(partnerId) ?? [])])
      if (lastSeq > waiter.after) waiter.wake(lastSeq)
  }

  /** Lets everybody go, and lets nobody wait any more. */
  close(): void {
    this.#closed = true
    clearTimeout(this.#polling)
    for (const waiters of [...this.#waiters.values()]) for (const waiter of [...waiters]) waiter.wake(null)
  }

  #poll(): void {
    this.#polling ??= setTimeout(() => void this.#look(), this.#options.every ?? everyMilliseconds)
  }

  async #look(): Promise<void> {
    try {
      const partners = [...this.#waiters.keys()]
      if (partners.length > 0) {
        const { rows } = await this.#options.pool.query<{ id: number; last: number }>(
          'select partner_id as id, last_seq as last from partner where partner_id = any ($1::integer[])',
          [partners],
        )
        for (const { id, last } of rows) this.hear(id, last)
      }
    } catch (error) {
      // The next look comes soon; whoever waits is none the worse for it.
      this.#options.onTrouble?.(error)
    } finally {
      this.#polling = undefined
      if (this.#waiters.size > 0 && !this.#closed) this.#poll()
    }
  }
}
