/**
 * The sweep: has what time has brought told on live partners within seconds, whether or not anybody calls. It only
 * finds the partners; what is told, and that it is told once, is decided under the partner's lock like any call, so
 * that several servers may sweep at once. Sandboxes are left to their own clocks.
 */
import type pg from 'pg'
import { limits } from '../limits.ts'
import type { Instant } from '../rules/time.ts'
import { Rounds } from './rounds.ts'

export interface SweepOptions {
  readonly pool: pg.Pool
  readonly now: () => Instant
  /** Has a partner tell what is due, some of it at a time; answers whether there may be more. */
  readonly settle: (partnerId: number) => Promise<boolean>
  readonly eventRetentionDays?: number | undefined
  readonly onTrouble: (error: unknown) => void
}

const everyMilliseconds = 1_000

/** How many partners are brought up to date at the same time: each holds a connection. */
const partnersAtOnce = 2

/** Rounds between two looks for what is past its retention. */
const roundsPerForgetting = 600

export class Sweep {
  readonly #options: SweepOptions
  readonly #rounds: Rounds
  #untilForgetting = 0

  constructor(options: SweepOptions) {
    this.#options = options
    this.#rounds = new Rounds({
      every: everyMilliseconds,
      onTrouble: options.onTrouble,
      round: async (signal) => {
        await this.#tell(signal)
        this.#untilForgetting -= 1
        if (this.#untilForgetting < 0) {
          this.#untilForgetting = roundsPerForgetting
          await this.#forget(signal)
        }
        return false
      },
    })
  }

  close(): Promise<void> {
    return this.#rounds.close()
  }

  async #tell(signal: AbortSignal): Promise<void> {
    const { rows } = await this.#options.pool.query<{ id: number }>(partnersWithDue, [this.#options.now()])
    const waiting = rows.map(({ id }) => id)
    const one = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined && !signal.aborted; id = waiting.shift())
        while (!signal.aborted && (await this.#options.settle(id)));
    }
    await Promise.all(Array.from({ length: partnersAtOnce }, one))
  }

  /** Removes events past their retention, from the beginning of each feed, and deliveries past theirs. */
  async #forget(signal: AbortSignal): Promise<void> {
    const { pool, now, eventRetentionDays } = this.#options
    const { rows } = await pool.query<{ id: number }>(
      'select partner_id as id from partner where last_seq > 0',
    )
    for (const { id } of rows) {
      if (signal.aborted) return
      const before = now() - limits.deliveryDays * 86_400
      await pool.query(forgetDeliveries, [id, before])
      if (eventRetentionDays === undefined) continue
      const firstKept = firstUuidOf(now() - eventRetentionDays * 86_400)
      for (let removed: number = limits.eventsForgottenAtOnce; removed >= limits.eventsForgottenAtOnce; ) {
        if (signal.aborted) return
        const result = await pool.query(forgetEvents, [id, firstKept, limits.eventsForgottenAtOnce])
        removed = result.rowCount ?? 0
      }
    }
  }
}

/** Live partners on which something is due, or whose chains have not been looked at since the rules changed. */
const partnersWithDue = `select p.partner_id as id from partner p where not p.is_sandbox and (
    p.rules_version <> (select g.rules_version from catalogue g)
    or exists (select from chain c where c.partner_id = p.partner_id and c.next_due_at <= to_timestamp($1))
    or exists (select from license l where l.partner_id = p.partner_id and l.next_due_at <= to_timestamp($1)))
  order by p.partner_id`

/** Always the beginning of the feed, and never what an endpoint has not been given yet. */
const forgetEvents = `with oldest as (
    select seq, event_id from event where partner_id = $1 order by seq limit $3),
  given as (
    select min(c.delivered_through) as through from webhook_cursor c join webhook_endpoint e using (partner_id, endpoint_id)
    where c.partner_id = $1 and e.disabled_at is null and e.deleted_at is null)
  delete from event where partner_id = $1
    and seq <= least((select max(seq) from oldest where event_id < $2::uuid), (select through from given))`

const forgetDeliveries = `delete from webhook_delivery
  where partner_id = $1 and attempted_at < to_timestamp($2) and state <> 'pending'`

/** The least UUID of version 7 that could have been made at an instant: ids of events carry their real time. */
export function firstUuidOf(instant: Instant): string {
  const time = (Math.max(0, instant) * 1_000).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}
