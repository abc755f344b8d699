/** Counts how long requests took, so that any percentile of millions of them can be told from a fixed piece of memory. */

const bucketsPerMillisecond = 50
const mostMilliseconds = 20_000

export class Latencies {
  readonly #buckets = new Uint32Array(mostMilliseconds * bucketsPerMillisecond)
  #count = 0

  add(milliseconds: number): void {
    const bucket = Math.min(this.#buckets.length - 1, Math.floor(milliseconds * bucketsPerMillisecond))
    this.#buckets[bucket] = (this.#buckets[bucket] as number) + 1
    this.#count += 1
  }

  /** So many milliseconds or less were taken by this share of the requests; NaN where there were none. */
  percentile(share: number): number {
    const wanted = share * this.#count
    let seen = 0
    for (let bucket = 0; bucket < this.#buckets.length && this.#count > 0; bucket++) {
      seen += this.#buckets[bucket] as number
      if (seen >= wanted) return bucket / bucketsPerMillisecond
    }
    return Number.NaN
  }
}
