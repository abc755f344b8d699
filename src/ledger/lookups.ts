/**
 * Reads that look at single things. Those of one partner that arrive together share one load on one snapshot, and
 * each is answered from the same world by a pure function.
 */
import type pg from 'pg'
import { Fault } from '../faults.ts'
import type { Instant } from '../rules/time.ts'
import { failureOf } from '../store/failures.ts'
import { dropIdle } from '../store/open.ts'
import { loadWorld } from './loading.ts'
import type { KeptCatalogue } from './loads/further.ts'
import type { Need } from './needs.ts'
import { type Mint, World } from './world.ts'

/** One read: what it needs, and how it is answered once that is loaded. Whatever it stages is thrown away. */
export interface Lookup {
  readonly needs: readonly Need[]
  readonly realNow: Instant
  answer(world: World): unknown
}

interface Waiting {
  readonly lookup: Lookup
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
}

const mostAtOnce = 500

/** Groups of one partner under way: while the database works on one, the other is decided and answered. */
const groupsAtOnce = 2

export class Lookups {
  readonly #pool: pg.Pool
  readonly #mint: Mint
  readonly #catalogue: KeptCatalogue
  readonly #waiting = new Map<number, Waiting[]>()
  readonly #running = new Map<number, number>()

  constructor(pool: pg.Pool, mint: Mint, catalogue: KeptCatalogue) {
    this.#pool = pool
    this.#mint = mint
    this.#catalogue = catalogue
  }

  /** Answers one read of a partner; rejects with a `Fault`, or with whatever went wrong. */
  look(partnerId: number, lookup: Lookup): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(partnerId) ?? []
      waiting.push({ lookup, resolve, reject })
      this.#waiting.set(partnerId, waiting)
      const running = this.#running.get(partnerId) ?? 0
      if (running >= groupsAtOnce) return
      this.#running.set(partnerId, running + 1)
      void this.#run(partnerId, waiting)
    })
  }

  async #run(partnerId: number, waiting: Waiting[]): Promise<void> {
    // What arrives in the same turn of the event loop belongs together.
    await new Promise(setImmediate)
    while (waiting.length > 0) await this.#answer(partnerId, waiting.splice(0, mostAtOnce))
    const others = (this.#running.get(partnerId) as number) - 1
    if (others > 0) this.#running.set(partnerId, others)
    else {
      this.#running.delete(partnerId)
      this.#waiting.delete(partnerId)
    }
  }

  async #answer(partnerId: number, group: Waiting[]): Promise<void> {
    let world: World
    try {
      world = await this.#load(partnerId, group)
    } catch (error) {
      const away = failureOf(error) !== 'defect'
      const reason = away ? new Fault('unavailable', { outcome: 'not_done', retryAfterSeconds: 1 }) : error
      for (const { reject } of group) reject(reason)
      return
    }
    for (const { lookup, resolve, reject } of group) {
      const mark = world.journal.mark()
      world.realNow = lookup.realNow
      try {
        resolve(lookup.answer(world))
      } catch (error) {
        reject(error)
      } finally {
        world.journal.rollBack(mark)
      }
    }
  }

  /** Loads on one snapshot; a connection that turns out to be broken is replaced once. */
  async #load(partnerId: number, group: Waiting[], again = true): Promise<World> {
    const world = new World(partnerId, this.#mint)
    const needs = group.flatMap(({ lookup }) => lookup.needs)
    const client = await this.#pool.connect()
    try {
      const kept = this.#catalogue
      const begin = 'begin isolation level repeatable read, read only'
      await loadWorld(client, world, needs, { begin, lock: false, kept })
    } catch (error) {
      client.release(true)
      if (failureOf(error) === 'lost') await dropIdle(this.#pool)
      if (again && failureOf(error) === 'lost') return this.#load(partnerId, group, false)
      throw error
    }
    // Nothing depends on how a transaction ends that only read, so the calls are answered meanwhile.
    client.query('commit').then(
      () => client.release(),
      () => client.release(true),
    )
    return world
  }
}
