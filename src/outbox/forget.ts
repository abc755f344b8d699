/** Forgetting: events past their retention go from the beginning of each feed, and what became of old deliveries. */
import type pg from 'pg'
import { limits } from '../limits.ts'
import type { Instant } from '../rules/time.ts'

export interface ForgetOptions {
  readonly pool: pg.Pool
  readonly now: () => Instant
  readonly eventRetentionDays?: number | undefined
}

/** Removes events past their retention, from the beginning of each feed, and deliveries past theirs. */
export async function forget(options: ForgetOptions, signal: AbortSignal): Promise<void> {
  const { pool, now, eventRetentionDays } = options
  const { rows } = await pool.query<{ id: number; databaseNow: number }>(
    `select partner_id as id, extract(epoch from now())::bigint as "databaseNow" from partner where last_seq > 0`,
  )
  for (const { id, databaseNow } of rows) {
    if (signal.aborted) return
    // A server whose clock runs ahead of the database's must not forget what the others keep.
    const present = Math.min(now(), databaseNow)
    const before = present - limits.deliveryDays * 86_400
    await pool.query(forgetDeliveries, [id, before])
    if (eventRetentionDays === undefined) continue
    const firstKept = firstUuidOf(present - eventRetentionDays * 86_400)
    for (let removed: number = limits.eventsForgottenAtOnce; removed >= limits.eventsForgottenAtOnce; ) {
      if (signal.aborted) return
      const result = await pool.query(forgetEvents, [id, firstKept, limits.eventsForgottenAtOnce])
      removed = result.rowCount ?? 0
    }
  }
}

/**
 * Always the beginning of the feed, and never what an endpoint has not been given yet. Two conditions rather than the
 * least of both: where nothing is old, the first is null and must forbid everything.
 */
const forgetEvents = `with oldest as (
    select seq, event_id from event where partner_id = $1 order by seq limit $3),
  given as (
    select min(c.delivered_through) as through from webhook_cursor c join webhook_endpoint e using (partner_id, endpoint_id)
    where c.partner_id = $1 and e.disabled_at is null and e.deleted_at is null)
  delete from event where partner_id = $1
    and seq <= (select max(seq) from oldest where event_id < $2::uuid)
    and seq <= coalesce((select through from given), 9223372036854775807)`

const forgetDeliveries = `delete from webhook_delivery
  where partner_id = $1 and attempted_at < to_timestamp($2) and state <> 'pending'`

/** The least UUID of version 7 that could have been made at an instant: ids of events carry their real time. */
export function firstUuidOf(instant: Instant): string {
  const time = (Math.max(0, instant) * 1_000).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`
}
