/**
 * A chain of orders as the reference model sees it: what was bought, when it stood still, when it ends, and the story
 * told so far. What is still to be told is read off the story itself; there is nothing else to remember.
 */
import { civilOf, day, type Instant, monthsAfter } from './calendar.ts'

export interface Term {
  readonly id: string
  readonly number: number
  readonly boughtAt: Instant
  readonly start: Instant
  readonly end: Instant
  readonly duration: 'monthly' | 'yearly'
  /** What the term carries, and since when; the first entry holds from the beginning. */
  readonly contents: { since: Instant; licenses: number; product: string }[]
}

/** One event that the feed must tell of the chain. */
export interface Happening {
  readonly type: string
  readonly at: Instant
  readonly object: string
  readonly data: Record<string, unknown>
}

export interface Chain {
  readonly customer: string
  readonly terms: Term[]
  /** The day of the month on which terms end wherever the month has it. */
  wantedDay: number
  readonly pauses: { from: Instant; until: Instant | null }[]
  endsAt: Instant | null
  readonly story: Happening[]
}

export interface Settings {
  readonly partner: number
  readonly sandbox: boolean
  readonly windowDays: number
  readonly graceDays: number
}

export const monthsIn = { monthly: 1, yearly: 12 }

export const firstOf = (chain: Chain): Term => chain.terms[0] as Term
export const latestOf = (chain: Chain): Term => chain.terms.at(-1) as Term
export const isOver = (chain: Chain, at: Instant): boolean => chain.endsAt !== null && chain.endsAt <= at
export const isEnding = (chain: Chain, at: Instant): boolean => chain.endsAt !== null && chain.endsAt > at
export const opensAt = (chain: Chain, settings: Settings): Instant =>
  latestOf(chain).end - settings.windowDays * day
export const runsOutAt = (chain: Chain, settings: Settings): Instant =>
  latestOf(chain).end + settings.graceDays * day

export const pausedSince = (chain: Chain, at: Instant): Instant | null =>
  chain.pauses.find(({ from, until }) => from <= at && (until === null || at < until))?.from ?? null

/** The term that holds at a moment; failing that, the last that has begun, and before all of them the first. */
export function termAt(chain: Chain, at: Instant): Term {
  const holding = chain.terms.find(({ start, end }) => start <= at && at < end)
  return holding ?? chain.terms.findLast(({ start }) => start <= at) ?? firstOf(chain)
}

export function statusOf(chain: Chain, settings: Settings, at: Instant): string {
  if (isOver(chain, at)) return 'cancelled'
  if (pausedSince(chain, at) !== null) return 'suspended'
  if (chain.terms.some(({ start, end }) => start <= at && at < end)) return 'active'
  if (at < firstOf(chain).start) return 'scheduled'
  return at < termAt(chain, at).end + settings.graceDays * day ? 'grace' : 'expired'
}

export const contentsAt = (term: Term, at: Instant) => {
  const { licenses, product } = term.contents.findLast(({ since }) => since <= at) as Term['contents'][number]
  return { licenses, product }
}

/** One order as the call that made it answers. The licence is the one thing that only the service can name. */
export function orderFacts(chain: Chain, term: Term, settings: Settings, at: Instant) {
  const first = firstOf(chain)
  return {
    id: term.number,
    partner: settings.partner,
    remoteId: term.id,
    parent: term.id === first.id ? null : first.id,
    customer: chain.customer,
    ...contentsAt(term, at),
    duration: term.duration,
    termStart: term.start,
    termEnd: term.end,
    status: statusOf(chain, settings, at),
    renewableFrom: opensAt(chain, settings),
    createdAt: term.boughtAt,
  }
}

/** The chain as verbs answer it: the first order's identity with the term that holds. */
export function chainFacts(chain: Chain, settings: Settings, at: Instant) {
  const { id, number, boughtAt } = firstOf(chain)
  const shown = orderFacts(chain, termAt(chain, at), settings, at)
  return { ...shown, id: number, remoteId: id, parent: null, createdAt: boughtAt }
}

export function wholeFacts(chain: Chain, settings: Settings, at: Instant) {
  const orders = chain.terms.map((term) => {
    const own = orderFacts(chain, term, settings, at)
    const { partner: _, customer: _customer, status: _status, renewableFrom: _from, ...members } = own
    return { ...members, references: {}, metadata: {} }
  })
  const suspendedAt = pausedSince(chain, at)
  return { ...chainFacts(chain, settings, at), cancelAt: chain.endsAt, suspendedAt, orders }
}

/** When the term after the latest begins and ends, if it is bought now. */
export function follow(chain: Chain, settings: Settings, duration: Term['duration'], now: Instant) {
  const { end } = latestOf(chain)
  if (now <= end || now < runsOutAt(chain, settings)) {
    const next = monthsAfter(end, monthsIn[duration], chain.wantedDay)
    return { start: end, end: next, wantedDay: chain.wantedDay }
  }
  return { start: now, end: monthsAfter(now, monthsIn[duration]), wantedDay: civilOf(now).day }
}

/** What the chain must tell next, unless something is decided before; nothing, when it waits for nothing. */
function nextToTell(chain: Chain, settings: Settings): { type: string; at: Instant } | undefined {
  const since = chain.story.findLastIndex(({ type }) => type === 'order.created' || type === 'order.renewed')
  const told = chain.story.slice(since).map(({ type }) => type)
  if (told.includes('order.cancelled')) return undefined
  if (chain.endsAt !== null) return { type: 'order.cancelled', at: chain.endsAt }
  if (told.includes('order.expired')) return undefined
  const { boughtAt } = latestOf(chain)
  const [opens, runsOut] = [opensAt(chain, settings), runsOutAt(chain, settings)]
  const isPaused = chain.pauses.some(({ until }) => until === null)
  if (opens > boughtAt && !isPaused && !told.includes('order.renewal_due'))
    return { type: 'order.renewal_due', at: opens }
  return runsOut > boughtAt ? { type: 'order.expired', at: runsOut } : undefined
}

/** Tells what time has brought by now. What a pause or a coming end held back is told when that is over. */
export function passTime(chain: Chain, settings: Settings, now: Instant): void {
  for (let next = nextToTell(chain, settings); next && next.at <= now; next = nextToTell(chain, settings)) {
    const at = Math.max(next.at, chain.story.at(-1)?.at ?? 0)
    const data = chainFacts(chain, settings, at)
    chain.story.push({ type: next.type, at, object: firstOf(chain).id, data })
  }
}
