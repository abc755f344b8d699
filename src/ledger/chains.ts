/**
 * How chains change: begun, renewed, decided upon, and told what time has brought. Each function stages rows and
 * the event that goes with them; whether it may happen was decided before it is called.
 */
import { chainAnswer, orderAnswer } from '../answers/order.ts'
import type { EventType } from '../events.ts'
import type {
  Chain,
  ChainState,
  Customer,
  Edition,
  License,
  Metadata,
  Order,
  References,
} from '../objects.ts'
import { latestTerm } from '../rules/chain.ts'
import { afterTelling, toldAtPurchase, upcoming } from '../rules/due.ts'
import type { Duration, Term } from '../rules/term.ts'
import type { Instant } from '../rules/time.ts'
import type { World } from './world.ts'

/** What a caller buys with one order. */
export interface Purchase {
  remoteId: string
  licenses: number
  duration: Duration
  edition: string
  editionVersion: number
  references: References
  metadata: Metadata
}

/** When something is to be told about a chain next; null when nothing is. */
function nextDueAt(chain: Chain): Instant | null {
  return upcoming(chain, chain.conditions)[0]?.at ?? null
}

function stateOf(chain: Chain): ChainState {
  const { terms: _terms, changes: _changes, suspensions: _suspensions, customer: _customer, ...rest } = chain
  const { conditions: _conditions, ...state } = rest
  return state
}

/** Events about one chain are never dated before one another, whatever the clocks of several servers say. */
function datedAfter(chain: Chain, at: Instant): Instant {
  return Math.max(at, chain.settledAt)
}

/** The moment at which something is decided about a chain: now, but never before what was decided last. */
export function momentOf(world: World, chain: Chain): Instant {
  return datedAfter(chain, world.now)
}

/** The licence that a chain drives: of what a chain says, its row says nothing. */
function drivenLicense(
  { partnerId, now }: World,
  licenseId: string,
  customerId: string,
  chainId: number,
  references: References,
): License {
  return {
    partnerId,
    licenseId,
    customerId,
    chainId,
    references,
    remoteId: null,
    product: null,
    edition: null,
    editionVersion: null,
    quantity: null,
    validFrom: null,
    validUntil: null,
    suspendedAt: null,
    suspendedBy: null,
    revokedAt: null,
    revokedBy: null,
    features: null,
    limitations: null,
    variables: null,
    name: null,
    description: null,
    expiryTold: true,
    revocationTold: true,
    nextDueAt: null,
    settledAt: now,
    version: 1,
    createdAt: now,
  }
}

/** Begins a chain with its first order, and the licence it drives. */
export function openChain(
  world: World,
  customer: Customer,
  edition: Edition,
  purchase: Purchase,
  term: Term,
): { chain: Chain; order: Order } {
  const { partnerId, now } = world
  const chainId = world.nextOrderNumber()
  const licenseId = world.mint.uuid()
  const { customerId } = customer
  world.licenses.insert(drivenLicense(world, licenseId, customerId, chainId, purchase.references))
  const conditions = world.conditionsOf(edition.code)
  const told = toldAtPurchase(term.termEnd, conditions, now)
  const order: Order = {
    partnerId,
    chainId,
    position: 1,
    orderId: chainId,
    previousEnd: null,
    createdAt: now,
    ...purchase,
    ...term,
  }
  const terms = [order]
  const begun = { terms, changes: [], suspensions: [], suspendedAt: null, cancelAt: null }
  world.chains.insert({
    partnerId,
    chainId,
    customerId,
    licenseId,
    firstStart: term.termStart,
    latestEnd: term.termEnd,
    edition: edition.code,
    suspendedAt: null,
    suspensionReason: null,
    suspendedBy: null,
    cancelAt: null,
    cancellationReason: null,
    cancelledBy: null,
    renewalDueTold: told.renewalDueTold,
    expiryTold: told.expiryTold,
    cancellationTold: told.cancellationTold,
    nextDueAt: upcoming({ ...begun, ...told }, conditions)[0]?.at ?? null,
    settledAt: now,
    version: 1,
  })
  world.addTerm(order)
  const chain = world.chainById(chainId) as Chain
  announceOrder(world, 'order.created', chain, order, now)
  return { chain, order }
}

/** Adds a renewal's term to the end of a chain. */
export function renewChain(
  world: World,
  chain: Chain,
  purchase: Purchase,
  term: Term,
): { chain: Chain; order: Order } {
  const latest = latestTerm(chain)
  const order: Order = {
    partnerId: chain.partnerId,
    chainId: chain.chainId,
    position: latest.position + 1,
    orderId: world.nextOrderNumber(),
    previousEnd: latest.termEnd,
    createdAt: world.now,
    ...purchase,
    ...term,
  }
  world.addTerm(order)
  const told = toldAtPurchase(term.termEnd, chain.conditions, world.now)
  const renewed = stageChain(world, chain, { ...told, latestEnd: term.termEnd })
  const license = world.licenses.get(chain.licenseId)
  if (license && Object.keys(purchase.references).length > 0)
    world.licenses.replace({ ...license, references: { ...license.references, ...purchase.references } })
  announceOrder(world, 'order.renewed', renewed, order, renewed.settledAt)
  return { chain: renewed, order }
}

/** Writes down what was decided about a chain, and announces it. */
export function changeChain(
  world: World,
  chain: Chain,
  changes: Partial<ChainState>,
  type: EventType,
): Chain {
  const changed = stageChain(world, chain, changes)
  announceChain(world, type, changed, changed.settledAt)
  return changed
}

function stageChain(world: World, chain: Chain, changes: Partial<ChainState>): Chain {
  const settledAt = datedAfter(chain, world.now)
  const version = chain.version + 1
  world.chains.replace({ ...stateOf(chain), ...changes, settledAt, version })
  const changed = world.chainById(chain.chainId) as Chain
  world.chains.replace({ ...stateOf(changed), nextDueAt: nextDueAt(changed) })
  world.touched.add(chain.chainId)
  return world.chainById(chain.chainId) as Chain
}

/**
 * Tells everything that has fallen due on a chain by `until`, each at its own instant. This comes before a call
 * on the chain is decided, so that along one chain the feed never goes back in time.
 */
export function settleChain(world: World, chainId: number, until: Instant): void {
  let chain = world.chainById(chainId)
  while (chain) {
    const [due] = upcoming(chain, chain.conditions)
    if (!due || due.at > until) break
    const at = datedAfter(chain, due.at)
    world.chains.replace({
      ...stateOf(chain),
      ...afterTelling(due),
      settledAt: at,
      version: chain.version + 1,
    })
    chain = world.chainById(chainId) as Chain
    announceChain(world, due.type, chain, at, 'time')
  }
  // Also where nothing was told: the window or the grace may have been changed since the moment was noted.
  if (chain && chain.nextDueAt !== nextDueAt(chain))
    world.chains.replace({ ...stateOf(chain), nextDueAt: nextDueAt(chain) })
}

function announceChain(world: World, type: EventType, chain: Chain, at: Instant, actor?: string): void {
  const data = chainAnswer(chain, at)
  world.announce(type, { id: data.remoteId, version: chain.version }, data, at, actor)
}

function announceOrder(world: World, type: EventType, chain: Chain, order: Order, at: Instant): void {
  const data = orderAnswer(chain, order, at)
  world.announce(type, { id: data.remoteId, version: chain.version }, data, at)
}
