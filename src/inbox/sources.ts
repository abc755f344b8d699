/**
 * Finds the source that an address names. Requests for one that arrive while it is being looked for share the next
 * look, so that a shop with much to say asks the database a few times and none of them is told what was true before it
 * came: a secret counts from the moment it is changed.
 */
import type pg from 'pg'
import { Fault } from '../faults.ts'
import type { Shop } from '../objects.ts'
import { failureOf } from '../store/failures.ts'

export interface Source {
  readonly partnerId: number
  readonly sourceId: string
  readonly secret: string
}

interface Look {
  readonly running: Promise<Source | undefined>
  next?: Promise<Source | undefined>
}

export class SourceFinder {
  readonly #pool: pg.Pool
  readonly #looks = new Map<string, Look>()

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  /** The source, unless there is none of that shop, or it is deleted. */
  find(shop: Shop, sourceId: string): Promise<Source | undefined> {
    if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(sourceId)) return Promise.resolve(undefined)
    const key = `${shop} ${sourceId.toLowerCase()}`
    const look = this.#looks.get(key)
    if (!look) return this.#begin(key, shop, sourceId)
    look.next ??= look.running.then(
      () => this.#begin(key, shop, sourceId),
      () => this.#begin(key, shop, sourceId),
    )
    return look.next
  }

  #begin(key: string, shop: Shop, sourceId: string): Promise<Source | undefined> {
    const running = this.#ask(shop, sourceId)
    const look: Look = { running }
    this.#looks.set(key, look)
    const over = (): void => {
      if (this.#looks.get(key) === look && !look.next) this.#looks.delete(key)
    }
    running.then(over, over)
    return running
  }

  /** A shop names nothing but the source, so this is one of the few queries without the partner. */
  async #ask(shop: Shop, sourceId: string): Promise<Source | undefined> {
    try {
      const { rows } = await this.#pool.query<Source>(findSource, [sourceId, shop])
      return rows[0]
    } catch (error) {
      if (failureOf(error) === 'defect') throw error
      throw new Fault('unavailable', { outcome: 'not_done', retryAfterSeconds: 1 })
    }
  }
}

const findSource = `select s.partner_id as "partnerId", s.source_id as "sourceId", s.secret from shop_source s
  where s.source_id = $1 and s.shop = $2 and s.deleted_at is null`
