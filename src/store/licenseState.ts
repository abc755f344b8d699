/**
 * What `rules/license.ts` derives, said once more in SQL for lists that filter by it. `license l`, the chain `c` that
 * drives it or nulls, the edition `e` of either and `partner p` must be in scope; instants are Unix seconds.
 */
import { type RawBuilder, sql } from 'kysely'
import type { LicenseState } from '../rules/license.ts'
import type { Instant } from '../rules/time.ts'
import { hasStatus } from './chainState.ts'

/** Whether the licence is in this state at a moment. */
export function hasState(state: LicenseState, at: Instant): RawBuilder<boolean> {
  const ofChain = hasStatus(state === 'revoked' ? 'cancelled' : state, at)
  return sql`case when l.chain_id is null then (${ownState(state, at)}) else (${ofChain}) end`
}

function ownState(state: LicenseState, at: Instant): RawBuilder<boolean> {
  const now = sql`to_timestamp(${at})`
  const going = sql`(l.revoked_at is null or l.revoked_at > ${now})`
  const off = sql`l.suspended_at <= ${now}`
  const running = sql`${going} and (l.suspended_at is null or l.suspended_at > ${now})`
  const expiry = sql`l.valid_until + make_interval(days => coalesce(e.grace_days, p.grace_days))`
  switch (state) {
    case 'revoked':
      return sql`l.revoked_at <= ${now}`
    case 'suspended':
      return sql`${going} and ${off}`
    case 'scheduled':
      return sql`${running} and l.valid_from > ${now}`
    case 'active':
      return sql`${running} and l.valid_from <= ${now} and (l.valid_until is null or l.valid_until > ${now})`
    case 'grace':
      return sql`${running} and l.valid_until <= ${now} and ${expiry} > ${now}`
    case 'expired':
      return sql`${running} and ${expiry} <= ${now}`
  }
}
