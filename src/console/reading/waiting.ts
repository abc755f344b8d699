/**
 * What is waiting to be looked at: renewals that are due, what ends soon, what is suspended. Each is read along an index,
 * first what comes first, and never further than a bound, so that it costs the same however much a partner has.
 */
import { sql } from 'kysely'
import type { Instant } from '../../objects.ts'
import { secondsPerDay } from '../../rules/time.ts'
import { renewalDueBy } from '../../store/chainState.ts'
import type { Reader } from '../../store/open.ts'

/** How many rows of an index one look goes along. */
export const looked = 1_000
/** How many days ahead something counts as ending soon. */
export const soonDays = 14

/** So many, or at least so many where the bound was reached. */
export interface Number {
  readonly number: number
  readonly isLeast: boolean
}

export interface WaitingChain {
  readonly chainId: number
  readonly customer: string
  readonly customerName: string
  readonly edition: string
  /** When the latest term ends, or the chain itself where its end is decided. */
  readonly endsAt: Instant
  readonly isEnding: boolean
  readonly isDue: boolean
}

export interface WaitingLicense {
  readonly licenseId: string
  readonly remoteId: string | null
  readonly edition: string | null
  readonly endsAt: Instant
  readonly customer: string
  readonly customerName: string
}

/** Chains by what comes next for each, the soonest first: their renewal window opens, or they end. */
export async function nextChains(db: Reader, partnerId: number, now: Instant): Promise<WaitingChain[]> {
  const next = db
    .selectFrom('chain')
    .selectAll()
    .where('partnerId', '=', partnerId)
    .where('nextDueAt', 'is not', null)
    .orderBy('nextDueAt')
    .limit(looked)
  return db
    .selectFrom(next.as('c'))
    .innerJoin('edition as e', 'e.code', 'c.edition')
    .innerJoin('partner as p', 'p.partnerId', 'c.partnerId')
    .innerJoin('customer as k', (join) =>
      join.onRef('k.partnerId', '=', 'c.partnerId').onRef('k.customerId', '=', 'c.customerId'),
    )
    .select(['c.chainId', 'c.edition', 'k.remoteId as customer', 'k.name as customerName'])
    .select([
      sql<Instant>`coalesce(c.cancel_at, c.latest_end)`.as('endsAt'),
      sql<boolean>`c.cancel_at is not null`.as('isEnding'),
      sql<boolean>`k.is_active and ${renewalDueBy(now, now)}`.as('isDue'),
    ])
    .where(sql<boolean>`(k.is_active and ${renewalDueBy(now, now)}) or ${endsSoon(now)}`)
    .orderBy('endsAt')
    .execute()
}

function endsSoon(now: Instant) {
  return sql<boolean>`c.suspended_at is null and coalesce(c.cancel_at, c.latest_end) > to_timestamp(${now})
    and coalesce(c.cancel_at, c.latest_end) <= to_timestamp(${now + soonDays * secondsPerDay})`
}

/** Licences without orders that end soon, the soonest first. */
export async function endingLicenses(db: Reader, partnerId: number, now: Instant): Promise<WaitingLicense[]> {
  const next = db
    .selectFrom('license')
    .selectAll()
    .where('partnerId', '=', partnerId)
    .where('nextDueAt', 'is not', null)
    .orderBy('nextDueAt')
    .limit(looked)
  return db
    .selectFrom(next.as('l'))
    .innerJoin('customer as k', (join) =>
      join.onRef('k.partnerId', '=', 'l.partnerId').onRef('k.customerId', '=', 'l.customerId'),
    )
    .select(['l.licenseId', 'l.remoteId', 'l.edition', 'k.remoteId as customer', 'k.name as customerName'])
    .select(sql<Instant>`least(l.valid_until, l.revoked_at)`.as('endsAt'))
    .where(sql<boolean>`least(l.valid_until, l.revoked_at) > to_timestamp(${now})`)
    .where(
      sql<boolean>`least(l.valid_until, l.revoked_at) <= to_timestamp(${now + soonDays * secondsPerDay})`,
    )
    .orderBy('endsAt')
    .execute()
}

/** A chain or a licence that is switched off. */
export interface Suspended {
  readonly chainId: number | null
  readonly licenseId: string
  readonly remoteId: string | null
  readonly edition: string | null
  readonly suspendedAt: Instant
  readonly suspendedBy: string
  readonly reason: string | null
  readonly customer: string
  readonly customerName: string
}

/** Chains and licences that are suspended, the latest suspension first. */
export async function suspendedThings(db: Reader, partnerId: number, now: Instant): Promise<Suspended[]> {
  const chains = db
    .selectFrom('chain')
    .select(['chainId', 'licenseId', 'customerId', 'edition', 'suspendedAt', 'suspendedBy'])
    .select(['suspensionReason as reason', sql<string | null>`null::text`.as('remoteId')])
    .where('partnerId', '=', partnerId)
    .where('suspendedAt', 'is not', null)
    .where(sql<boolean>`(cancel_at is null or cancel_at > to_timestamp(${now}))`)
    .orderBy('suspendedAt', 'desc')
    .limit(looked)
  const licenses = db
    .selectFrom('license')
    .select([sql<number | null>`null::bigint`.as('chainId'), 'licenseId', 'customerId', 'edition'])
    .select(['suspendedAt', 'suspendedBy', sql<string | null>`null::text`.as('reason'), 'remoteId'])
    .where('partnerId', '=', partnerId)
    .where('suspendedAt', 'is not', null)
    .where(sql<boolean>`(revoked_at is null or revoked_at > to_timestamp(${now}))`)
    .orderBy('suspendedAt', 'desc')
    .limit(looked)
  const [first, second] = await Promise.all([
    db
      .selectFrom(chains.as('s'))
      .innerJoin('customer as k', 'k.customerId', 's.customerId')
      .select(['s.chainId', 's.licenseId', 's.remoteId', 's.edition', 's.suspendedAt', 's.suspendedBy'])
      .select(['s.reason', 'k.remoteId as customer', 'k.name as customerName'])
      .where('k.partnerId', '=', partnerId)
      .execute(),
    db
      .selectFrom(licenses.as('s'))
      .innerJoin('customer as k', 'k.customerId', 's.customerId')
      .select(['s.chainId', 's.licenseId', 's.remoteId', 's.edition', 's.suspendedAt', 's.suspendedBy'])
      .select(['s.reason', 'k.remoteId as customer', 'k.name as customerName'])
      .where('k.partnerId', '=', partnerId)
      .execute(),
  ])
  return ([...first, ...second] as Suspended[]).sort((one, other) => other.suspendedAt - one.suspendedAt)
}

/** The first orders' ids of chains, by the chains' numbers. */
export async function firstOrderIds(
  db: Reader,
  partnerId: number,
  chainIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (chainIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('orders')
    .select(['chainId', 'remoteId'])
    .where('partnerId', '=', partnerId)
    .where('chainId', 'in', [...chainIds])
    .where('position', '=', 1)
    .execute()
  return new Map(rows.map(({ chainId, remoteId }) => [chainId, remoteId]))
}

/** How many there are, where no more than a bound was looked at. */
export function numberOf(found: number, of: number): Number {
  return { number: found, isLeast: of >= looked }
}
