/**
 * A year of a partner's chains, month by month: how many run, and how many run out. Up to so many orders every chain is
 * counted. Where there are more, chains are taken in stretches spread evenly over all orders and the rest is reckoned
 * from them, so that the answer takes the same time whatever a partner has sold.
 */
import { sql } from 'kysely'
import type { Instant } from '../../objects.ts'
import { addMonths } from '../../rules/time.ts'
import type { Reader } from '../../store/open.ts'

export interface Month {
  readonly start: Instant
  readonly running: number
  readonly lapsing: number
}

export interface Year {
  readonly months: readonly Month[]
  /** How many of how many orders were looked at; null where all were. */
  readonly sample: { readonly looked: number; readonly of: number } | null
}

const monthsBack = 6
const monthsShown = 12
const stretches = 250
const ordersPerStretch = 80

/** The year around the present month. */
export async function yearOf(db: Reader, partnerId: number, now: Instant): Promise<Year> {
  const starts = monthStarts(now)
  const [first, end] = [starts[0] as Instant, starts.at(-1) as Instant]
  const { lastOrderId } = await db
    .selectFrom('partner')
    .select('lastOrderId')
    .where('partnerId', '=', partnerId)
    .executeTakeFirstOrThrow()
  const looked = stretches * ordersPerStretch
  const all = lastOrderId <= looked
  const froms = all ? [1] : stretchStarts(lastOrderId)
  const width = all ? looked : ordersPerStretch
  const ends = sql`least(c.latest_end, c.cancel_at)`
  const counted = sql<{ starts: Instant; ends: Instant; chains: number }>`(
    select date_trunc('month', greatest(c.first_start, to_timestamp(${first}))) as starts,
      date_trunc('month', least(${ends}, to_timestamp(${end}))) as ends, count(*) as chains
    from unnest(${froms}::bigint[]) as stretch (from_id)
    cross join lateral (
      select chain.* from chain where chain.partner_id = ${partnerId}
        and chain.chain_id >= stretch.from_id and chain.chain_id < stretch.from_id + ${width}::bigint
      offset 0
    ) c
    where c.first_start < to_timestamp(${end}) and ${ends} >= to_timestamp(${first}) and ${ends} > c.first_start
    group by 1, 2)`
  const rows = await db.selectFrom(counted.as('counted')).selectAll().execute()
  const weight = all ? 1 : lastOrderId / looked
  const months = starts.slice(0, -1).map((start): Month => {
    const sum = (chosen: readonly { chains: number }[]): number =>
      Math.round(weight * chosen.reduce((total, { chains }) => total + Number(chains), 0))
    return {
      start,
      running: sum(rows.filter((row) => row.starts <= start && start <= row.ends)),
      lapsing: sum(rows.filter((row) => row.ends === start)),
    }
  })
  return { months, sample: all ? null : { looked, of: lastOrderId } }
}

/** The first instants of the months, and of the month behind the last. */
function monthStarts(now: Instant): Instant[] {
  const date = new Date(now * 1000)
  const present = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 1000
  return Array.from({ length: monthsShown + 1 }, (_, place) => addMonths(present, place - monthsBack))
}

/** Where the stretches begin: one in each of as many equal parts, at a place that does not beat with any period. */
function stretchStarts(lastOrderId: number): number[] {
  const part = lastOrderId / stretches
  return Array.from({ length: stretches }, (_, place) => {
    const along = (place * 0.618_033_988_75) % 1
    return 1 + Math.floor(place * part + along * (part - ordersPerStretch))
  })
}
