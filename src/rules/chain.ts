/**
 * What a chain of orders is at a moment: which term is in force, what it carries, what state it is in, and what
 * falls due when. Everything is derived from what was bought and what was decided; no state is ever stored.
 */
import { type Conditions, type Duration, expiresAt, type Term } from './term.ts'
import type { Instant } from './time.ts'

/** One bought term of a chain. It never changes after it was written. */
export interface BoughtTerm extends Term {
  /** 1 for the first order's term, 2 for the first renewal's, and so on without gaps. */
  readonly position: number
  readonly licenses: number
  readonly duration: Duration
  readonly edition: string
  readonly editionVersion: number
  readonly createdAt: Instant
}

/** A time during which a chain was suspended, over by now. */
export interface Suspension {
  readonly suspendedAt: Instant
  readonly resumedAt: Instant
}

/** A change of quantity or edition: of the term then in force and of every later one already bought. */
export interface Change {
  readonly changedAt: Instant
  /** Positions of the first and the last term that the change is about. */
  readonly fromPosition: number
  readonly throughPosition: number
  readonly licenses: number | null
  readonly edition: string | null
  readonly editionVersion: number | null
}

/** What the rules need to know of a chain. Terms, suspensions and changes stand in order of time. */
export interface ChainFacts<T extends BoughtTerm = BoughtTerm> {
  readonly terms: readonly T[]
  /** Suspensions that are over; only needed to tell about the past. */
  readonly suspensions: readonly Suspension[]
  /** Since when the chain is suspended; null while it is not. */
  readonly suspendedAt: Instant | null
  readonly changes: readonly Change[]
  /** When the chain ends or ended by cancellation; null while nobody cancelled it. */
  readonly cancelAt: Instant | null
}

export type ChainStatus = 'scheduled' | 'active' | 'grace' | 'expired' | 'suspended' | 'cancelled'

export function firstTerm<T extends BoughtTerm>(chain: ChainFacts<T>): T {
  return chain.terms[0] as T
}

export function latestTerm<T extends BoughtTerm>(chain: ChainFacts<T>): T {
  return chain.terms[chain.terms.length - 1] as T
}

/** The term in force at a moment; before the first term the first, between and after terms the last begun. */
export function termInForce<T extends BoughtTerm>(chain: ChainFacts<T>, at: Instant): T {
  for (let index = chain.terms.length - 1; index > 0; index--) {
    const term = chain.terms[index] as T
    if (term.termStart <= at) return term
  }
  return firstTerm(chain)
}

/** Since when the chain is cancelled, or null while it is not. */
export function cancelledSince(chain: ChainFacts, at: Instant): Instant | null {
  return chain.cancelAt !== null && chain.cancelAt <= at ? chain.cancelAt : null
}

/** When a chain that is not over yet will end by cancellation, or null when it will not. */
export function endingAt(chain: ChainFacts, at: Instant): Instant | null {
  return chain.cancelAt !== null && chain.cancelAt > at ? chain.cancelAt : null
}

/** Since when the chain was suspended at a moment, or null when it was not. */
export function suspendedSince(chain: ChainFacts, at: Instant): Instant | null {
  if (chain.suspendedAt !== null && chain.suspendedAt <= at) return chain.suspendedAt
  const suspension = chain.suspensions.findLast(
    ({ suspendedAt, resumedAt }) => suspendedAt <= at && at < resumedAt,
  )
  return suspension?.suspendedAt ?? null
}

/** The state of a chain at a moment. Cancelled goes before suspended, and both before what the time says. */
export function statusAt(chain: ChainFacts, conditions: Conditions, at: Instant): ChainStatus {
  if (cancelledSince(chain, at) !== null) return 'cancelled'
  if (suspendedSince(chain, at) !== null) return 'suspended'
  const term = termInForce(chain, at)
  if (at < term.termStart) return 'scheduled'
  if (at < term.termEnd) return 'active'
  return at < expiresAt(term.termEnd, conditions) ? 'grace' : 'expired'
}

/** What a term carries at a moment: what was bought, overlaid by the changes made since. */
export interface Contents {
  readonly licenses: number
  readonly edition: string
  readonly editionVersion: number
}

/**
 * What one term carries as seen at `at`: what it was bought with, overlaid by the changes made to it until then.
 * A term bought after a change was bought with its own contents and is not touched by it.
 */
export function contentsOf(chain: ChainFacts, term: BoughtTerm, at: Instant): Contents {
  let { licenses, edition, editionVersion } = term
  for (const change of chain.changes) {
    if (change.changedAt > at) break
    if (term.position < change.fromPosition || term.position > change.throughPosition) continue
    licenses = change.licenses ?? licenses
    edition = change.edition ?? edition
    editionVersion = change.editionVersion ?? editionVersion
  }
  return { licenses, edition, editionVersion }
}
