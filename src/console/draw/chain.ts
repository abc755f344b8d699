/**
 * What there is to see in a chain of orders: its terms, and between and upon them the renewal window, suspensions,
 * grace, lapses and the end. The drawing and its words are both made from this, so that they say the same.
 */
import { type Instant, secondsPerDay } from '../../rules/time.ts'

/** A chain as `getOrder` answers it. */
export interface ChainToDraw {
  readonly remoteId: string
  readonly status: 'scheduled' | 'active' | 'grace' | 'expired' | 'suspended' | 'cancelled'
  readonly renewableFrom: Instant
  readonly cancelAt: Instant | null
  readonly suspendedAt: Instant | null
  /** The first order first. */
  readonly orders: readonly OrderToDraw[]
}

export interface OrderToDraw {
  readonly remoteId: string
  readonly product: string
  readonly licenses: number
  readonly duration: 'monthly' | 'yearly'
  readonly termStart: Instant
  readonly termEnd: Instant
}

/** What is kept of a chain besides what `getOrder` answers. */
export interface ChainPast {
  /** Suspensions that are over. */
  readonly suspensions: readonly { readonly suspendedAt: Instant; readonly resumedAt: Instant }[]
  readonly graceDays: number
  readonly renewable: boolean
}

export interface Interval {
  readonly from: Instant
  readonly until: Instant
}

export interface ChainSights {
  readonly terms: readonly (OrderToDraw & { readonly inForce: boolean })[]
  /** When the latest term may be renewed without a gap; null where nothing can be renewed. */
  readonly window: Interval | null
  /** A suspension that lasts has `until` null. */
  readonly suspensions: readonly { readonly from: Instant; readonly until: Instant | null }[]
  readonly graces: readonly Interval[]
  /** Times without a term. The one that lasts has `until` null. */
  readonly lapses: readonly { readonly from: Instant; readonly until: Instant | null }[]
  readonly endsAt: Instant | null
  readonly now: Instant
}

/** Everything that is to be seen in a chain at `now`. */
export function sightsOf(chain: ChainToDraw, past: ChainPast, now: Instant): ChainSights {
  const { orders, cancelAt, suspendedAt, renewableFrom } = chain
  const latestEnd = orders.at(-1)?.termEnd ?? now
  const isOpen = cancelAt === null && past.renewable
  return {
    terms: orders.map((order) => ({
      ...order,
      inForce: order.termStart <= now && now < order.termEnd && (cancelAt === null || now < cancelAt),
    })),
    window: isOpen ? { from: renewableFrom, until: latestEnd } : null,
    suspensions: [
      ...past.suspensions.map(({ suspendedAt: from, resumedAt: until }) => ({ from, until })),
      ...(suspendedAt === null ? [] : [{ from: suspendedAt, until: null }]),
    ],
    ...gapsOf(chain, past.graceDays * secondsPerDay, now),
    endsAt: cancelAt,
    now,
  }
}

/** Grace and lapses: what lies between a term and the next, and behind the last one. */
function gapsOf(
  { orders, cancelAt }: ChainToDraw,
  grace: number,
  now: Instant,
): Pick<ChainSights, 'graces' | 'lapses'> {
  const graces: Interval[] = []
  const lapses: { from: Instant; until: Instant | null }[] = []
  orders.forEach(({ termEnd }, index) => {
    const next = orders[index + 1]?.termStart ?? null
    const over = Math.min(next ?? Number.POSITIVE_INFINITY, cancelAt ?? Number.POSITIVE_INFINITY)
    const out = Math.min(termEnd + grace, over)
    if (out > termEnd) graces.push({ from: termEnd, until: out })
    if (next !== null && next > out) lapses.push({ from: out, until: Math.min(next, over) })
    else if (next === null && out < over && out <= now)
      lapses.push({ from: out, until: cancelAt === null ? null : over })
  })
  return { graces, lapses: lapses.filter(({ from, until }) => until === null || until > from) }
}
