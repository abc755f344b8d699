/**
 * Keeps deliveries from slowing down the calls that cause them: while callers are being served and the process is
 * busy, webhooks are sent at a modest rate that still empties a burst within half a minute; otherwise as fast as can be.
 */
import { type EventLoopUtilization, performance } from 'node:perf_hooks'

/** Webhooks that are sent together while callers come first; a handful wakes everybody concerned as rarely as one. */
const handful = 20

/** Milliseconds between two handfuls: 360 webhooks a second. */
const modestMilliseconds = 55

/** How much of the time the process may be at work before callers come first. */
const busyShare = 0.7

/** How often it is looked at how busy the process is. Milliseconds. */
const everyMilliseconds = 100

export class Pace {
  readonly #serving: () => boolean
  #seen: EventLoopUtilization = performance.eventLoopUtilization()
  #seenAt = performance.now()
  #isBusy = false
  #handful: { readonly at: number; readonly begun: Promise<void>; left: number } | undefined

  /** `serving` tells whether callers are being served at the moment. */
  constructor(serving: () => boolean) {
    this.#serving = serving
  }

  /** Whether callers come first at the moment. */
  get isModest(): boolean {
    this.#look(performance.now())
    return this.#isBusy
  }

  /** Resolves when the next webhook may be sent. */
  async turn(): Promise<void> {
    if (!this.isModest) return
    if (!this.#handful || this.#handful.left === 0) this.#handful = this.#next()
    this.#handful.left -= 1
    await this.#handful.begun
  }

  #next(): { at: number; begun: Promise<void>; left: number } {
    const now = performance.now()
    const at = Math.max(now, (this.#handful?.at ?? 0) + modestMilliseconds)
    const begun = new Promise<void>((resolve) => setTimeout(resolve, at - now))
    return { at, begun, left: handful }
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
