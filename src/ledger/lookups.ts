/**
 * Reads that look at single things. Those of one partner that arrive together share one load on one snapshot, and
 * each is answered from the same world by a pure function.
 */
import type pg from 'pg'
import { Fault } from '../faults.ts'
import type { Instant } from '../rules/time.ts'
import { failureOf } from '../store/failures.ts'
import { load } from './commit.ts'
import { loads } from './load.ts'
import { partnerLoad } from './loads/partners.ts'
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

export class Lookups {
  readonly #pool: pg.Pool
  readonly #mint: Mint
  readonly #waiting = new Map<number, Waiting[]>()
  readonly #running = new Set<number>()

  constructor(pool: pg.Pool, mint: Mint) {
    this.#pool = pool
    this.#mint = mint
  }

  /** Answers one read of a partner; rejects with a `Fault`, or with whatever went wrong. */
  look(partnerId: number, lookup: Lookup): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(partnerId) ?? []
      waiting.push({ lookup, resolve, reject })
      this.#waiting.set(partnerId, waiting)
      if (this.#running.has(partnerId)) return
      this.#running.add(partnerId)
      void this.#run(partnerId, waiting)
    })
  }

  async #run(partnerId: number, waiting: Waiting[]): Promise<void> {
    await Promise.resolve()
    while (waiting.length > 0) await this.#answer(partnerId, waiting.splice(0, mostAtOnce))
    this.#running.delete(partnerId)
    this.#waiting.delete(partnerId)
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
    let broken = true
    try {
      const wanted = [partnerLoad(world, false), ...loads(world, needs)]
      const loaded = load(client, 'begin isolation level repeatable read, read only', wanted)
      const [result] = await Promise.allSettled([loaded, client.query('commit')])
      if (result.status === 'rejected') throw result.reason
      broken = false
      return world
    } catch (error) {
      if (again && failureOf(error) === 'lost') return this.#load(partnerId, group, false)
      throw error
    } finally {
      client.release(broken)
    }
  }
}
