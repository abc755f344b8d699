/**
 * What a chain of orders is at a moment: which term is in force, what it carries, what state it is in, and what
 * falls due when. Everything is derived from what was bought and what was decided; no state is ever stored.
 */
import type { BoughtTerm, ChainFacts, Conditions, Instant } from '../objects.ts'
import { expiresAt } from './term.ts'

export type { BoughtTerm, ChainFacts, Change, Suspension } from '../objects.ts'

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
