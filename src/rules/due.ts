/**
 * What time brings to a chain: the window of its latest term opens, the term runs out, a cancellation that was
 * scheduled takes effect. Each is told once; a chain remembers which it has told.
 */
import type { ChainFacts, Conditions, Instant, Told } from '../objects.ts'
import { latestTerm } from './chain.ts'
import { expiresAt, renewableFrom } from './term.ts'

export type { Told } from '../objects.ts'

export interface Due {
  readonly type: 'order.renewal_due' | 'order.expired' | 'order.cancelled'
  readonly at: Instant
}

/**
 * Everything that is still to come for a chain as it stands, in order of time. A chain that is going to end, is
 * suspended or cannot be renewed is not called due for renewal, and one that ends by cancellation does not expire.
 */
export function upcoming(chain: ChainFacts & Told, conditions: Conditions): Due[] {
  if (chain.cancelAt !== null)
    return chain.cancellationTold ? [] : [{ type: 'order.cancelled', at: chain.cancelAt }]
  if (chain.expiryTold) return []
  const { termEnd } = latestTerm(chain)
  const due: Due[] = []
  if (conditions.renewable && chain.suspendedAt === null && !chain.renewalDueTold)
    due.push({ type: 'order.renewal_due', at: renewableFrom(termEnd, conditions) })
  due.push({ type: 'order.expired', at: expiresAt(termEnd, conditions) })
  return due
}

/** What counts as told when a term is bought: what was already past at that moment is never announced. */
export function toldAtPurchase(termEnd: Instant, conditions: Conditions, now: Instant): Told {
  return {
    renewalDueTold: renewableFrom(termEnd, conditions) <= now,
    expiryTold: expiresAt(termEnd, conditions) <= now,
    cancellationTold: false,
  }
}

/** What a chain has told in addition, once it has told of `due`. */
export function afterTelling(due: Due): Partial<Told> {
  switch (due.type) {
    case 'order.renewal_due':
      return { renewalDueTold: true }
    case 'order.expired':
      return { expiryTold: true }
    case 'order.cancelled':
      return { cancellationTold: true }
  }
}
