/** What every verb on a chain begins with: the chain of a first order's id, or the refusal that applies. */
import { Fault } from '../faults.ts'
import type { Chain } from '../objects.ts'
import { cancelledSince, firstTerm } from '../rules/chain.ts'
import type { World } from './world.ts'

/** The chain whose first order has this id. Throws `order_unknown`, or `order_not_first` for a renewal's id. */
export function chainOfFirst(world: World, id: string): Chain {
  const chain = world.chain(id)
  if (!chain) throw new Fault('order_unknown', { id })
  const first = firstTerm(chain)
  if (first.remoteId !== id) throw new Fault('order_not_first', { parent: first.remoteId })
  return chain
}

/** Throws `order_cancelled` for a chain that has ended. */
export function refuseCancelled(chain: Chain, now: number): void {
  const since = cancelledSince(chain, now)
  if (since !== null) throw new Fault('order_cancelled', { since })
}

/** Throws `version_conflict` unless the chain is still in the version that the caller has seen. */
export function refuseOtherVersion(object: { version: number }, ifVersion: number | undefined): void {
  if (ifVersion !== undefined && ifVersion !== object.version)
    throw new Fault('version_conflict', { version: object.version })
}
