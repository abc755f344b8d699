/**
 * Stores what shops send: requests that arrive while others are being stored are stored together by the next statement.
 * An event that was stored before is left alone; for what is new a job is made in the same transaction.
 */
import type pg from 'pg'
import { Fault } from '../faults.ts'
import { limits } from '../limits.ts'
import type { Jobs, Queue } from '../outbox/jobs.ts'
import { transact } from '../outbox/transact.ts'
import type { Instant } from '../rules/time.ts'
import { failureOf } from '../store/failures.ts'
import type { Envelope } from './envelope.ts'

/** Items of a partner to apply, in the order of receipt. */
export interface InboxJob {
  readonly partnerId: number
  readonly inboxIds: readonly string[]
  readonly isReplay: boolean
}

/** A few jobs of a partner at the same time, so that one with much to catch up leaves room for the others. */
export const inboxQueue: Queue<InboxJob> = {
  name: 'inbox',
  groupOf: ({ partnerId }) => String(partnerId),
  jobsPerGroup: 12,
}

/** A request whose signature is good. */
export interface Trusted {
  readonly partnerId: number
  readonly sourceId: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  readonly envelopes: readonly Envelope[]
  readonly receivedAt: Instant
}

export interface StoreOptions {
  readonly pool: pg.Pool
  readonly uuid: () => string
  /** The queue, opened when it is first needed. */
  readonly jobs: () => Promise<Jobs<InboxJob>>
  /** Told after something new was stored. */
  readonly onStored: () => void
}

interface Waiting {
  readonly request: Trusted
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** How much one statement stores. */
const requestsAtOnce = 200
const bytesAtOnce = 4 * 1024 * 1024

/** Transactions that store at the same time: while one waits for the disk, another can gather. */
const writersMost = 2

/** Requests that may wait; a shop sends again what is turned away. */
const mostWaiting = 5_000
const tries = 3

export class InboxStore {
  readonly #options: StoreOptions
  #waiting: Waiting[] = []
  readonly #writers = new Set<Promise<void>>()
  /** Writers that will look for what is waiting once more. */
  #looking = 0

  constructor(options: StoreOptions) {
    this.#options = options
  }

  /** Resolves when the events of a request are on disk. */
  keep(request: Trusted): Promise<void> {
    if (this.#waiting.length >= mostWaiting)
      return Promise.reject(new Fault('unavailable', { outcome: 'not_done', retryAfterSeconds: 1 }))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject })
      if (this.#looking < writersMost) this.#begin()
    })
  }

  /** Resolves when nothing is waiting or under way any more. */
  async drained(): Promise<void> {
    await Promise.all(this.#writers)
  }

  #begin(): void {
    this.#looking += 1
    const writer = this.#run().finally(() => this.#writers.delete(writer))
    this.#writers.add(writer)
  }

  async #run(): Promise<void> {
    await Promise.resolve()
    while (this.#waiting.length > 0) await this.#keepTogether(this.#waiting.splice(0, this.#portion()))
    this.#looking -= 1
  }

  /** How many of those waiting are stored together. */
  #portion(): number {
    let bytes = 0
    let count = 0
    for (const { request } of this.#waiting) {
      bytes += request.body.length
      if (count === requestsAtOnce || (count > 0 && bytes > bytesAtOnce)) break
      count += 1
    }
    return count
  }

  /** One request that cannot be stored must not stop the others: then each is stored by itself. */
  async #keepTogether(group: readonly Waiting[]): Promise<void> {
    try {
      await this.#write(group.map(({ request }) => request))
      for (const { resolve } of group) resolve()
    } catch (error) {
      if (group.length > 1 && failureOf(error) === 'defect') {
        for (const one of group) await this.#keepTogether([one])
        return
      }
      const away = failureOf(error) !== 'defect'
      const reason = away ? new Fault('unavailable', { outcome: 'unknown', retryAfterSeconds: 1 }) : error
      for (const { reject } of group) reject(reason)
    }
  }

  async #write(requests: readonly Trusted[]): Promise<void> {
    const jobs = await this.#options.jobs()
    const { receipts, items } = this.#rowsOf(requests)
    for (let tried = 1; ; tried++)
      try {
        const made = await transact(this.#options.pool, async (client) => {
          // The job names what turns out to be stored already, too, so that neither has to wait for the other.
          const values = [JSON.stringify(items), JSON.stringify(receipts)]
          const [{ rowCount }] = await Promise.all([
            client.query(insertNew, values),
            jobs.add(client, jobsOf(items, false)),
          ])
          return (rowCount ?? 0) > 0
        })
        if (made) this.#options.onStored()
        return
      } catch (error) {
        // Two servers that are sent the same events at the same moment may have waited for each other.
        if (failureOf(error) !== 'transient' || tried === tries) throw error
      }
  }

  #rowsOf(requests: readonly Trusted[]) {
    const receipts: object[] = []
    const items: (StoredItem & Envelope & { place: number })[] = []
    for (const { partnerId, sourceId, headers, body, envelopes, receivedAt } of requests) {
      const receiptId = this.#options.uuid()
      const origin = { partnerId, sourceId, receiptId, receivedAt }
      receipts.push({ ...origin, headers, body: body.toString('base64') })
      for (const envelope of envelopes)
        items.push({ ...envelope, ...origin, inboxId: this.#options.uuid(), place: items.length })
    }
    return { receipts, items }
  }
}

export interface StoredItem {
  partnerId: number
  inboxId: string
}

/** Jobs for items of any partners, in order. */
export function jobsOf(items: readonly StoredItem[], isReplay: boolean): InboxJob[] {
  return [...Map.groupBy(items, ({ partnerId }) => partnerId)].flatMap(([partnerId, own]) => {
    const ids = own.map(({ inboxId }) => inboxId)
    const portions = Math.ceil(ids.length / limits.itemsPerJob)
    return Array.from({ length: portions }, (_, portion) => ({
      partnerId,
      inboxIds: ids.slice(portion * limits.itemsPerJob, (portion + 1) * limits.itemsPerJob),
      isReplay,
    }))
  })
}

/** A request of which nothing is new leaves no trace. */
const insertNew = `with item as (
    insert into inbox_item (partner_id, inbox_id, source_id, event_id, type, receipt_id, position, state, received_at, version)
    select c."partnerId", c."inboxId", c."sourceId", c."eventId", c.type, c."receiptId", c.position, 'received',
      to_timestamp(c."receivedAt"), 1
    from json_to_recordset($1::json) as c ("partnerId" integer, "inboxId" uuid, "sourceId" uuid, "eventId" text,
      type text, "receiptId" uuid, position integer, "receivedAt" bigint, place integer)
    order by c.place
    on conflict (partner_id, source_id, event_id) do nothing
    returning receipt_id),
  receipt as (
    insert into inbox_receipt (partner_id, receipt_id, source_id, headers, body, received_at)
    select c."partnerId", c."receiptId", c."sourceId", c.headers, decode(c.body, 'base64'), to_timestamp(c."receivedAt")
    from json_to_recordset($2::json) as c ("partnerId" integer, "receiptId" uuid, "sourceId" uuid, headers jsonb,
      body text, "receivedAt" bigint)
    where c."receiptId" in (select item.receipt_id from item))
  select from item`
