/** `suspendOrder`: the licence stops working until the chain is resumed; the clock does not stop. */
import { z } from 'zod'
import { chainAnswer } from '../../answers/order.ts'
import { changeChain, momentOf } from '../../ledger/chains.ts'
import { needs } from '../../ledger/needs.ts'
import { chainOfFirst, refuseCancelled, refuseOtherVersion } from '../../ledger/verbs.ts'
import { command } from '../../rpc/method.ts'
import { ChangedOrder, Reason, RemoteId, Version } from '../../shapes.ts'

export const suspendOrder = command({
  summary: 'Suspend an order chain until it is resumed.',
  details: `The term goes on running out while the chain is suspended, and a suspended chain cannot be renewed. One that is
    suspended already answers \`changed: false\`.`,
  scopes: ['orders'],
  params: z.strictObject({
    id: RemoteId.meta({ description: 'Your id of the first order.' }),
    reason: Reason.optional(),
    ifVersion: Version.optional(),
  }),
  result: ChangedOrder,
  faults: ['order_unknown', 'order_not_first', 'order_cancelled', 'version_conflict'],
  events: ['order.suspended'],
  previewable: true,
  examples: [
    {
      summary: 'The invoice is overdue',
      params: { id: 'REMOTEORDER1', reason: 'invoice 4711 is overdue' },
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
        status: 'suspended',
        renewableFrom: 1688288117,
        licenseId: '018828eb-b908-758f-bb94-89e963b71fbe',
        createdAt: 1684313717,
        changed: true,
      },
    },
  ],
  needs: ({ id }) => [needs.chain(id)],
  decide({ world }, { id, reason, ifVersion }) {
    const chain = chainOfFirst(world, id)
    const now = momentOf(world, chain)
    refuseCancelled(chain, now)
    if (chain.suspendedAt !== null) return { ...chainAnswer(chain, now), changed: false }
    refuseOtherVersion(chain, ifVersion)
    const suspended = changeChain(
      world,
      chain,
      { suspendedAt: now, suspensionReason: reason ?? null, suspendedBy: world.actor },
      'order.suspended',
    )
    return { ...chainAnswer(suspended, now), changed: true }
  },
})
