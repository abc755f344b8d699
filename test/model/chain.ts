/**
 * A chain of orders as the reference model sees it: what was bought, when it stood still, when it ends, and the story
 * told so far. What is still to be told is read off the story itself; there is nothing else to remember.
 */
import { civilOf, day, type Instant, monthsAfter } from './calendar.ts'
import type { Edition, Groups } from './catalogue.ts'
import type { Customer } from './customers.ts'
import { type Happening, tell } from './things.ts'

export interface Term {
  readonly id: string
  readonly number: number
  readonly boughtAt: Instant
  readonly start: Instant
  readonly end: Instant
  readonly duration: 'monthly' | 'yearly'
  /** What the term carries, and since when; the first entry holds from the beginning. */
  readonly contents: { since: Instant; licenses: number; product: string; version: number }[]
  readonly references: Record<string, string>
  readonly metadata: Record<string, unknown>
  /** What was past already when the term was bought, and so is never told of it. */
  readonly untold: string[]
}

/** What the licence of a chain has of its own; all else about it follows from the chain. */
export interface DrivenLicense {
  readonly licenseId: string
  references: Record<string, string>
  own: Partial<Groups>
  name: string | null
  description: string | null
}

export interface Chain {
  readonly customer: Customer
  /** Whose rules it lives under now. */
  edition: Edition
  readonly license: DrivenLicense
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
/** An edition's rules go before its partner's. */
export const windowOf = ({ edition }: Chain, settings: Settings): number =>
  edition.windowDays ?? settings.windowDays
export const graceOf = ({ edition }: { edition: Edition }, settings: Settings): Instant =>
  (edition.graceDays ?? settings.graceDays) * day
export const opensAt = (chain: Chain, settings: Settings): Instant =>
  latestOf(chain).end - windowOf(chain, settings) * day
export const runsOutAt = (chain: Chain, settings: Settings): Instant =>
  latestOf(chain).end + graceOf(chain, settings)

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
  return at < termAt(chain, at).end + graceOf(chain, settings) ? 'grace' : 'expired'
}

export const carriedAt = (term: Term, at: Instant): Term['contents'][number] =>
  term.contents.findLast(({ since }) => since <= at) as Term['contents'][number]

export const contentsAt = (term: Term, at: Instant) => {
  const { licenses, product } = carriedAt(term, at)
  return { licenses, product }
}

/** One order as the call that made it answers. */
export function orderFacts(chain: Chain, term: Term, settings: Settings, at: Instant) {
  const first = firstOf(chain)
  return {
    id: term.number,
    partner: settings.partner,
    remoteId: term.id,
    parent: term.id === first.id ? null : first.id,
    customer: chain.customer.id,
    ...contentsAt(term, at),
    duration: term.duration,
    termStart: term.start,
    termEnd: term.end,
    status: statusOf(chain, settings, at),
    renewableFrom: opensAt(chain, settings),
    licenseId: chain.license.licenseId,
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
    const { partner: _, customer: _customer, status: _status, renewableFrom: _from, ...rest } = own
    const { licenseId: _license, ...members } = rest
    return { ...members, references: term.references, metadata: term.metadata }
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
  told.push(...latestOf(chain).untold)
  if (told.includes('order.expired')) return undefined
  const isPaused = chain.pauses.some(({ until }) => until === null)
  if (chain.edition.renewable && !isPaused && !told.includes('order.renewal_due'))
    return { type: 'order.renewal_due', at: opensAt(chain, settings) }
  return { type: 'order.expired', at: runsOutAt(chain, settings) }
}

/** What is past when the latest term is bought. */
export function untoldOf(chain: Chain, settings: Settings, now: Instant): string[] {
  const past = { 'order.renewal_due': opensAt(chain, settings), 'order.expired': runsOutAt(chain, settings) }
  return Object.entries(past).flatMap(([type, at]) => (at <= now ? [type] : []))
}

/** Tells what time has brought by now. What a pause or a coming end held back is told when that is over. */
export function passTime(chain: Chain, settings: Settings, now: Instant): void {
  for (let next = nextToTell(chain, settings); next && next.at <= now; next = nextToTell(chain, settings)) {
    const at = Math.max(next.at, chain.story.at(-1)?.at ?? 0)
    const { customer, ...data } = chainFacts(chain, settings, at)
    // By when a customer of the machine's time is told of, it may have got another id.
    const known = settings.sandbox ? { ...data, customer } : data
    tell(chain.story, next.type, at, () => ({ object: firstOf(chain).id, data: known }))
  }
}

/** What has been decided about a chain, and is told at once. */
export function decided(chain: Chain, type: string, settings: Settings, now: Instant): void {
  tell(chain.story, type, now, () => ({
    object: firstOf(chain).id,
    data: chainFacts(chain, settings, now),
  }))
}

/**
 * Ends a chain as the revocation of its licence does: at a moment, but at the latest with its term, and in grace with
 * that. It never puts an end off.
 */
export function endBy(chain: Chain, settings: Settings, at: Instant, now: Instant): void {
  const { end } = latestOf(chain)
  const last = end > now ? end : runsOutAt(chain, settings)
  const isLater = at > now && last > now
  const endsAt = isLater ? Math.min(at, last) : now
  if (chain.endsAt !== null && chain.endsAt <= endsAt) return
  chain.endsAt = endsAt
  decided(chain, isLater ? 'order.cancellation_scheduled' : 'order.cancelled', settings, now)
}
