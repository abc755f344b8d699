/** `uncancelOrder`: withdraws a cancellation while its end is still ahead. */
import { z } from 'zod'
import { chainAnswer } from '../../answers/order.ts'
import { changeChain, momentOf } from '../../ledger/chains.ts'
import { needs } from '../../ledger/needs.ts'
import { chainOfFirst, refuseCancelled, refuseOtherVersion } from '../../ledger/verbs.ts'
import { command } from '../../rpc/method.ts'
import { endingAt } from '../../rules/chain.ts'
import { ChangedOrder, RemoteId, Version } from '../../shapes.ts'

export const uncancelOrder = command({
  summary: 'Withdraw a cancellation whose end is still ahead.',
  details: 'A chain that is not going to end answers `changed: false`.',
  scopes: ['orders'],
  params: z.strictObject({ id: RemoteId, ifVersion: Version.optional() }),
  result: ChangedOrder,
  faults: ['order_unknown', 'order_not_first', 'order_cancelled', 'version_conflict'],
  events: ['order.uncancelled'],
  previewable: true,
  examples: [
    {
      summary: 'The customer stays',
      params: { id: 'REMOTEORDER1' },
      result: {
        id: 1,
        partner: 0,
        remoteId: 'REMOTEORDER1',
        parent: null,
        customer: 'ABC',
        product: 'oo-lite',
        licenses: 30,
        duration: 'monthly',
        termStart: 1684313717,
        termEnd: 1686992117,
        status: 'active',
        renewableFrom: 1688288117,
        licenseId: '018828eb-b908-758f-bb94-89e963b71fbe',
        createdAt: 1684313717,
        changed: true,
      },
    },
  ],
  needs: ({ id }) => [needs.chain(id)],
  decide({ world }, { id, ifVersion }) {
    const chain = chainOfFirst(world, id)
    const now = momentOf(world, chain)
    refuseCancelled(chain, now)
    if (endingAt(chain, now) === null) return { ...chainAnswer(chain, now), changed: false }
    refuseOtherVersion(chain, ifVersion)
    const withdrawn = { cancelAt: null, cancellationReason: null, cancelledBy: null }
    const kept = changeChain(world, chain, withdrawn, 'order.uncancelled')
    return { ...chainAnswer(kept, now), changed: true }
  },
})
