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

/** What an event counts beside the bytes that it came in, for the row that it becomes. */
const bytesPerEvent = 512

/** Transactions that store at the same time: while one waits for the disk, another can gather. */
const writersMost = 2

/** Requests that may wait, and how large they may be together; a shop sends again what is turned away. */
const mostWaiting = 5_000
const mostBytesWaiting = 64 * 1024 * 1024
const tries = 3

export class InboxStore {
  readonly #options: StoreOptions
  #waiting: Waiting[] = []
  #bytesWaiting = 0
  readonly #writers = new Set<Promise<void>>()
  /** Writers that will look for what is waiting once more. */
  #looking = 0

  constructor(options: StoreOptions) {
    this.#options = options
  }

  /** Resolves when the events of a request are on disk. */
  keep(request: Trusted): Promise<void> {
    const isFull = this.#waiting.length >= mostWaiting || this.#bytesWaiting >= mostBytesWaiting
    if (isFull) return Promise.reject(new Fault('unavailable', { outcome: 'not_done', retryAfterSeconds: 1 }))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject })
      this.#bytesWaiting += bytesOf(request)
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
    while (this.#waiting.length > 0) await this.#keepTogether(this.#takePortion())
    this.#looking -= 1
  }

  /** Those waiting that are stored together. */
  #takePortion(): Waiting[] {
    let bytes = 0
    let count = 0
    for (const { request } of this.#waiting) {
      if (count === requestsAtOnce || (count > 0 && bytes + bytesOf(request) > bytesAtOnce)) break
      bytes += bytesOf(request)
      count += 1
    }
    this.#bytesWaiting -= bytes
    return this.#waiting.splice(0, count)
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
          // The job names what turns out to be stored already, too, so that neither has to wait for the other. Where
          // nothing is new it is committed all the same: what was stored before is kept for certain when that is.
          const values = [JSON.stringify(items), JSON.stringify(receipts)]
          const [{ rowCount }] = await Promise.all([
            client.query(insertNew, values),
            jobs.add(client, jobsOf(items, false)),
          ])
          return rowCount ? 'new' : 'known'
        })
        if (made === 'new') this.#options.onStored()
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
        items.push({
          ...envelope,
          ...origin,
          inboxId: this.#options.uuid(),
          bytes: body.length,
          place: items.length,
        })
    }
    return { receipts, items }
  }
}

function bytesOf({ body, envelopes }: Trusted): number {
  return body.length + envelopes.length * bytesPerEvent
}

export interface StoredItem {
  partnerId: number
  inboxId: string
  receiptId: string
  /** How large the body is that brought it. */
  bytes: number
}

/** Jobs for items of any partners, in order. */
export function jobsOf(items: readonly StoredItem[], isReplay: boolean): InboxJob[] {
  return [...Map.groupBy(items, ({ partnerId }) => partnerId)].flatMap(([partnerId, own]) =>
    portionsOf(own).map((portion) => ({
      partnerId,
      inboxIds: portion.map(({ inboxId }) => inboxId),
      isReplay,
    })),
  )
}

/** The bodies of a job are in memory together, so that few large ones make a job as well as many small ones. */
function portionsOf(items: readonly StoredItem[]): StoredItem[][] {
  const portions: StoredItem[][] = []
  let bytes = 0
  for (const item of items) {
    const portion = portions.at(-1)
    const added = portion?.at(-1)?.receiptId === item.receiptId ? 0 : item.bytes
    if (!portion || portion.length === limits.itemsPerJob || bytes + added > limits.bytesPerJob) {
      portions.push([item])
      bytes = item.bytes
    } else {
      portion.push(item)
      bytes += added
    }
  }
  return portions
}

/** A request of which nothing is new is not kept. */
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
