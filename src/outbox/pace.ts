/**
 * Keeps deliveries from slowing down the calls that cause them: while callers are being served and the process is
 * busy, webhooks are sent at a modest rate that still empties a burst within half a minute; otherwise as fast as can be.
 */
import { type EventLoopUtilization, performance } from 'node:perf_hooks'

/** Milliseconds between two webhooks while callers come first: 400 a second. */
const modestMilliseconds = 2.5

/** How much of the time the process may be at work before callers come first. */
const busyShare = 0.7

/** How often it is looked at how busy the process is. Milliseconds. */
const everyMilliseconds = 100

export class Pace {
  readonly #serving: () => boolean
  #seen: EventLoopUtilization = performance.eventLoopUtilization()
  #seenAt = performance.now()
  #isBusy = false
  #nextAt = 0

  /** `serving` tells whether callers are being served at the moment. */
  constructor(serving: () => boolean) {
    this.#serving = serving
  }

  /** Resolves when the next webhook may be sent. */
  async turn(): Promise<void> {
    const now = performance.now()
    this.#look(now)
    if (!this.#isBusy) return
    this.#nextAt = Math.max(now, this.#nextAt) + modestMilliseconds
    await new Promise((resolve) => setTimeout(resolve, this.#nextAt - now))
  }

  #look(now: number): void {
    if (now - this.#seenAt < everyMilliseconds) return
    const present = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(present, this.#seen)
    this.#isBusy = utilization > busyShare && this.#serving()
    this.#seen = present
    this.#seenAt = now
  }
}
