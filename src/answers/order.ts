/** How orders and chains look on the wire: the shapes `Order`, `OwnOrder` and their kin, filled from a chain. */
import type { z } from 'zod'
import type { Chain, Order } from '../objects.ts'
import { contentsOf, firstTerm, latestTerm, statusAt, suspendedSince, termInForce } from '../rules/chain.ts'
import { renewableFrom } from '../rules/term.ts'
import type { Instant } from '../rules/time.ts'
import type { Order as OrderShape, OwnOrder } from '../shapes.ts'

export type OrderAnswer = z.output<typeof OrderShape>

/** One order's own members beside its chain's: the answer of the call that created it. */
export function orderAnswer(chain: Chain, order: Order, now: Instant): OrderAnswer {
  const first = firstTerm(chain)
  const contents = contentsOf(chain, order, now)
  return {
    id: order.orderId,
    partner: chain.partnerId,
    remoteId: order.remoteId,
    parent: order === first ? null : first.remoteId,
    customer: chain.customer.remoteId,
    product: contents.edition,
    licenses: contents.licenses,
    duration: order.duration,
    termStart: order.termStart,
    termEnd: order.termEnd,
    status: statusAt(chain, chain.conditions, now),
    renewableFrom: renewableFrom(latestTerm(chain).termEnd, chain.conditions),
    licenseId: chain.licenseId,
    createdAt: order.createdAt,
  }
}

/** A chain: the first order's identity with the term in force, else the next, else the last. */
export function chainAnswer(chain: Chain, now: Instant): OrderAnswer {
  const first = firstTerm(chain)
  return {
    ...orderAnswer(chain, termInForce(chain, now), now),
    id: first.orderId,
    remoteId: first.remoteId,
    parent: null,
    createdAt: first.createdAt,
  }
}

/** The chain with every order's own members, and what is decided about its end and its suspension. */
export function wholeChainAnswer(chain: Chain, now: Instant) {
  return {
    ...chainAnswer(chain, now),
    cancelAt: chain.cancelAt,
    suspendedAt: suspendedSince(chain, now),
    orders: chain.terms.map((order) => ownAnswer(chain, order, now)),
  }
}

function ownAnswer(chain: Chain, order: Order, now: Instant): z.output<typeof OwnOrder> {
  const { id, remoteId, parent, product, licenses, duration, termStart, termEnd } = orderAnswer(
    chain,
    order,
    now,
  )
  const { references, metadata, createdAt } = order
  return {
    id: id as number,
    remoteId,
    parent,
    product,
    licenses,
    duration,
    termStart,
    termEnd,
    references,
    metadata,
    createdAt,
  }
}
