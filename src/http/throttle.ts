/** Slows what comes too often: calls of one key by a limit per minute, wrong keys of one address by waiting. */
import ipaddr from 'ipaddr.js'
import { Fault } from '../faults.ts'

interface Bucket {
  tokens: number
  at: number
}

/** A limit of calls per minute and key, kept in memory: of several server processes each keeps its own. */
export class RateLimiter {
  readonly #perMinute: number
  readonly #buckets = new Map<string, Bucket>()

  /** `perMinute` 0 is no limit. */
  constructor(perMinute: number) {
    this.#perMinute = perMinute
  }

  /**
   * Takes so many calls of a key; throws `rate_limited`. Answers the headers that tell how many are left. An array of
   * more calls than a minute has could never be served, so it is taken from a full bucket and leaves a debt.
   */
  take(keyId: string, calls: number): Record<string, string> {
    if (this.#perMinute === 0) return {}
    const bucket = this.#filled(keyId)
    const perSecond = this.#perMinute / 60
    const needed = Math.min(calls, this.#perMinute)
    if (bucket.tokens < needed) {
      const wait = Math.max(1, Math.ceil((needed - bucket.tokens) / perSecond))
      throw new Fault('rate_limited', { retryAfterSeconds: wait })
    }
    bucket.tokens -= calls
    return this.headers(keyId)
  }

  /** The header fields of draft-ietf-httpapi-ratelimit-headers. */
  headers(keyId: string): Record<string, string> {
    if (this.#perMinute === 0) return {}
    const { tokens } = this.#filled(keyId)
    const full = Math.ceil((this.#perMinute - tokens) / (this.#perMinute / 60))
    return {
      'ratelimit-policy': `"default";q=${this.#perMinute};w=60`,
      ratelimit: `"default";r=${Math.max(0, Math.floor(tokens))};t=${full}`,
    }
  }

  #filled(keyId: string): Bucket {
    const now = performance.now()
    const bucket = this.#buckets.get(keyId) ?? { tokens: this.#perMinute, at: now }
    bucket.tokens = Math.min(this.#perMinute, bucket.tokens + ((now - bucket.at) / 60_000) * this.#perMinute)
    bucket.at = now
    this.#buckets.set(keyId, bucket)
    return bucket
  }
}

const freeFailures = 10
const windowMilliseconds = 60_000
const longestWait = 2_000
const addressesRemembered = 10_000

/** Wrong keys of one address wait longer and longer; right keys from there are not held up. */
export class WrongKeys {
  readonly #failures = new Map<string, { count: number; since: number }>()

  /** Counts a wrong key and resolves when it may be answered. */
  async hold(address: string): Promise<void> {
    const now = performance.now()
    const network = networkOf(address)
    const known = this.#failures.get(network)
    const failures = known && now - known.since < windowMilliseconds ? known : { count: 0, since: now }
    failures.count += 1
    this.#failures.delete(network)
    this.#failures.set(network, failures)
    const [oldest = ''] = this.#failures.keys()
    if (this.#failures.size > addressesRemembered) this.#failures.delete(oldest)
    const over = failures.count - freeFailures
    if (over <= 0) return
    await new Promise((resolve) => setTimeout(resolve, Math.min(longestWait, 50 * 2 ** Math.min(over, 10))))
  }
}

/** Whoever has one IPv6 address has all that share its first 64 bits, so these count as one. */
function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString()
  return `${parsed.parts.slice(0, 4).join(':')}::/64`
}
