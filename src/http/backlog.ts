/**
 * What is still to be done, read from the database when Prometheus asks: how far webhooks are behind, and whose. Each
 * question is answered by an index and bounded, and none is asked more often than every few seconds, whoever asks.
 */
import type pg from 'pg'

export interface Backlog {
  /** When the oldest event came about that an endpoint is to be sent and that has not been made into a job; or null. */
  readonly oldestEventAt: number | null
  /** Webhooks whose time has come, those that wait for another attempt, and those that are being sent. */
  readonly webhooks: { readonly due: number; readonly later: number; readonly underWay: number }
  /** Endpoints in use that have answered nothing well for a while. */
  readonly endpointsFailing: number
  /** Events of shops that wait for somebody to look at them. */
  readonly inbox: { readonly parked: number; readonly failed: number }
}

/** How long an answer of the database is given again, unless said otherwise. Milliseconds. */
const keptMilliseconds = 4_000

/** How long whoever asks waits for the database before being given what was known before. Milliseconds. */
const patience = 2_000

/** Rows of one kind that are counted at most, and endpoints that are looked at. */
const counted = 10_000
const endpointsLookedAt = 500

export class BacklogReader {
  readonly #pool: pg.Pool
  readonly #onTrouble: (error: unknown) => void
  readonly #keptMilliseconds: number
  #known: { readonly backlog: Backlog; readonly readAt: number } | undefined
  #reading: Promise<void> | undefined
  #answers = true

  constructor(pool: pg.Pool, onTrouble: (error: unknown) => void, milliseconds = keptMilliseconds) {
    this.#pool = pool
    this.#onTrouble = onTrouble
    this.#keptMilliseconds = milliseconds
  }

  /** What the database said last, seconds ago; whether it answered this time. */
  async read(): Promise<{ backlog: Backlog | undefined; ageSeconds: number; answers: boolean }> {
    if (!this.#known || performance.now() - this.#known.readAt > this.#keptMilliseconds) {
      this.#reading ??= this.#readNow().finally(() => {
        this.#reading = undefined
      })
      await inTime(this.#reading)
    }
    const late = this.#reading !== undefined
    const ageSeconds = this.#known ? (performance.now() - this.#known.readAt) / 1_000 : 0
    return { backlog: this.#known?.backlog, ageSeconds, answers: this.#answers && !late }
  }

  async #readNow(): Promise<void> {
    try {
      this.#known = { backlog: await this.#ask(), readAt: performance.now() }
      this.#answers = true
    } catch (error) {
      // The other figures are wanted most while the database is away, so that this one says so and they are given.
      this.#answers = false
      this.#onTrouble(error)
    }
  }

  async #ask(): Promise<Backlog> {
    const { rows } = await this.#pool.query<Standing>(standing)
    const { oldest, failing, parked, failed, queue } = rows[0] as Standing
    const jobs = queue ? (await this.#pool.query<Backlog['webhooks']>(jobsLeft)).rows[0] : undefined
    return {
      oldestEventAt: oldest === null ? null : timeOf(oldest),
      webhooks: jobs ?? { due: 0, later: 0, underWay: 0 },
      endpointsFailing: failing,
      inbox: { parked, failed },
    }
  }
}

interface Standing {
  oldest: string | null
  failing: number
  parked: number
  failed: number
  /** The queue is there from the first endpoint on. */
  queue: boolean
}

const inboxIn = (state: string): string => `(select count(*)::int from (
    select from inbox_item where state in ('parked', 'failed') and state = '${state}' limit ${counted}) i) as ${state}`

const standing = `select (
    select v.event_id from (
      select c.partner_id, c.delivered_through
        from webhook_cursor c join webhook_endpoint e using (partner_id, endpoint_id) join partner p using (partner_id)
        where e.disabled_at is null and e.deleted_at is null and c.delivered_through < p.last_seq
        order by p.last_seq - c.delivered_through desc limit ${endpointsLookedAt}) behind,
      lateral (select event_id from event
        where partner_id = behind.partner_id and seq > behind.delivered_through order by seq limit 1) v
      order by v.event_id limit 1) as oldest,
  (select count(*)::int from webhook_cursor c join webhook_endpoint e using (partner_id, endpoint_id)
    where c.failing_since is not null and e.disabled_at is null and e.deleted_at is null) as failing,
  ${inboxIn('parked')}, ${inboxIn('failed')},
  to_regclass('pgboss.job') is not null as queue`

const webhooksIn = (jobs: string): string =>
  `coalesce(sum(jsonb_array_length(${jobs}.data -> 'seqs')), 0)::int`

const jobsLeft = `select
  (select ${webhooksIn('j')} from (select data from pgboss.job
    where name = 'webhook' and state < 'active' and start_after <= now() limit ${counted}) j) as due,
  (select ${webhooksIn('j')} from (select data from pgboss.job
    where name = 'webhook' and state < 'active' and start_after > now() limit ${counted}) j) as later,
  (select ${webhooksIn('j')} from (select data from pgboss.job
    where name = 'webhook' and state = 'active' and group_id is not null limit ${counted}) j) as "underWay"`

/** The real time, in Unix seconds, that a UUID of version 7 carries: the event's own date may be a sandbox's. */
function timeOf(uuid: string): number {
  return Number.parseInt(uuid.replaceAll('-', '').slice(0, 12), 16) / 1_000
}

async function inTime(waited: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience)
  })
  await Promise.race([waited, tooLong])
  clearTimeout(timer)
}
