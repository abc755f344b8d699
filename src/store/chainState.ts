/**
 * What `rules/chain.ts` derives from a chain, said once more in SQL for lists that filter by it. A test walks both
 * over the same chains. `chain c`, `edition e` and `partner p` must be in scope; instants are Unix seconds.
 */
import { type RawBuilder, sql } from 'kysely'
import type { ChainStatus } from '../rules/chain.ts'
import type { Instant } from '../rules/time.ts'

/** The end of the latest term plus grace. */
const expiry = sql`c.latest_end + make_interval(days => coalesce(e.grace_days, p.grace_days))`

/** The instant from which the latest term may be renewed. */
export const renewableFrom = sql<Instant>`c.latest_end - make_interval(days => coalesce(e.window_days, p.window_days))`

/** Whether the chain is in this state at a moment. */
export function hasStatus(status: ChainStatus, at: Instant): RawBuilder<boolean> {
  const now = sql`to_timestamp(${at})`
  const going = sql`(c.cancel_at is null or c.cancel_at > ${now})`
  const running = sql`${going} and c.suspended_at is null`
  switch (status) {
    case 'cancelled':
      return sql`c.cancel_at <= ${now}`
    case 'suspended':
      return sql`${going} and c.suspended_at is not null`
    case 'scheduled':
      return sql`${running} and c.first_start > ${now}`
    case 'active':
      return sql`${running} and c.first_start <= ${now} and c.latest_end > ${now}`
    case 'grace':
      return sql`${running} and c.latest_end <= ${now} and ${expiry} > ${now}`
    case 'expired':
      return sql`${running} and ${expiry} <= ${now}`
  }
}

/** Whether a renewal of the chain may be bought by then: its window is open, and nothing else stands against it. */
export function renewalDueBy(by: Instant, at: Instant): RawBuilder<boolean> {
  const now = sql`to_timestamp(${at})`
  return sql`c.cancel_at is null and c.suspended_at is null and e.renewable
    and ${renewableFrom} <= to_timestamp(${by}) and ${expiry} > ${now}`
}
