/**
 * Lanes: one per partner. Calls that arrive while a partner's transaction is under way wait together and form the
 * next group, so that many calls share one lock, one load, one write and one commit, and are still decided in the
 * order in which they came.
 */
import { Fault } from '../faults.ts'
import { limits } from '../limits.ts'
import type { Entry, Outcome } from './entry.ts'

interface Waiting {
  readonly entry: Entry
  readonly since: number
  readonly settle: (outcome: Outcome) => void
}

/** A group whose transaction is about to begin. */
export interface Group {
  readonly partnerId: number
  readonly entries: readonly Entry[]
  /** How long the first of its calls has waited. */
  readonly waitedMilliseconds: number
}

/** Told of each group as it begins; what it answers is told when the group is over. */
export type WatchGroup = (group: Group) => (outcomes: readonly Outcome[]) => void

/** Carries out one group; as `Ledger.commit` does. Must not reject. */
export type CommitGroup = (partnerId: number, entries: readonly Entry[]) => Promise<Outcome[]>

export class Lanes {
  readonly #commit: CommitGroup
  readonly #watch: WatchGroup | undefined
  readonly #lanes = new Map<number, Waiting[]>()
  readonly #running = new Map<number, Promise<void>>()

  constructor(commit: CommitGroup, watch?: WatchGroup) {
    this.#commit = commit
    this.#watch = watch
  }

  /** How many calls wait at the moment: of all partners, and of the one with the most. */
  get waiting(): { all: number; longest: number } {
    const lengths = [...this.#lanes.values()].map((lane) => lane.length)
    return { all: lengths.reduce((sum, length) => sum + length, 0), longest: Math.max(0, ...lengths) }
  }

  /** How many partners have calls waiting or under way. */
  get busy(): number {
    return this.#running.size
  }

  /**
   * Refuses calls that the partner's queue has no room for before any work is done for them, so that an array is not
   * taken in half, and one who sends again without end is not carried by the others.
   */
  refuseBeyond(partnerId: number, calls: number): void {
    const waiting = this.#lanes.get(partnerId)?.length ?? 0
    if (waiting > 0 && waiting + calls > limits.waitingCalls)
      throw new Fault('unavailable', { outcome: 'not_done', retryAfterSeconds: 1 })
  }

  /** Queues one call of a partner. Calls of one partner are decided in the order of their submission. */
  submit(partnerId: number, entry: Entry): Promise<Outcome> {
    const lane = this.#lanes.get(partnerId) ?? []
    if (lane.length >= limits.waitingCalls) {
      const fault = new Fault('unavailable', { outcome: 'not_done', retryAfterSeconds: 1 })
      return Promise.resolve({ kind: 'refused', fault })
    }
    return new Promise((settle) => {
      lane.push({ entry, since: performance.now(), settle })
      this.#lanes.set(partnerId, lane)
      if (!this.#running.has(partnerId)) this.#running.set(partnerId, this.#run(partnerId, lane))
    })
  }

  /** Resolves when nothing is waiting or under way any more. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values())
  }

  async #run(partnerId: number, lane: Waiting[]): Promise<void> {
    // What arrives in the same turn of the event loop, such as the members of one array, belongs together.
    await Promise.resolve()
    while (lane.length > 0) {
      const group = nextGroup(lane)
      const entries = group.map(({ entry }) => entry)
      const waitedMilliseconds = performance.now() - (group[0] as Waiting).since
      const ended = this.#watch?.({ partnerId, entries, waitedMilliseconds })
      const outcomes = await this.#commit(partnerId, entries)
      ended?.(outcomes)
      // The next group is sent to the database before this one is answered, so that both work at the same time.
      if (lane.length > 0) setImmediate(answer, group, outcomes)
      else answer(group, outcomes)
    }
    this.#lanes.delete(partnerId)
    this.#running.delete(partnerId)
  }
}

function answer(group: readonly Waiting[], outcomes: readonly Outcome[]): void {
  group.forEach(({ settle }, index) => {
    settle(outcomes[index] as Outcome)
  })
}

/** Takes the next group off a lane: as many calls as may go together, and a call that wants to be alone alone. */
function nextGroup(lane: Waiting[]): Waiting[] {
  const alone = lane.findIndex(({ entry }) => entry.alone)
  if (alone === 0) return lane.splice(0, 1)
  const most = alone === -1 ? limits.groupCalls : Math.min(alone, limits.groupCalls)
  return lane.splice(0, most)
}
