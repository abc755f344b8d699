/** `resumeOrder`: ends a suspension. */
import { z } from 'zod'
import { chainAnswer } from '../../answers/order.ts'
import { changeChain, momentOf } from '../../ledger/chains.ts'
import { needs } from '../../ledger/needs.ts'
import { chainOfFirst, refuseCancelled, refuseOtherVersion } from '../../ledger/verbs.ts'
import { command } from '../../rpc/method.ts'
import { ChangedOrder, RemoteId, Version } from '../../shapes.ts'

export const resumeOrder = command({
  summary: 'Resume a suspended order chain.',
  details: `The suspension is kept as an interval, so that the past can be told. A chain that is not suspended answers
    \`changed: false\`.`,
  scopes: ['orders'],
  params: z.strictObject({
    id: RemoteId.meta({ description: 'Your id of the first order.' }),
    ifVersion: Version.optional(),
  }),
  result: ChangedOrder,
  faults: ['order_unknown', 'order_not_first', 'order_cancelled', 'version_conflict'],
  events: ['order.resumed'],
  previewable: true,
  examples: [
    {
      summary: 'The invoice is paid',
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
    if (chain.suspendedAt === null) return { ...chainAnswer(chain, now), changed: false }
    refuseOtherVersion(chain, ifVersion)
    world.addSuspension({
      partnerId: chain.partnerId,
      chainId: chain.chainId,
      number: chain.version,
      suspendedAt: chain.suspendedAt,
      resumedAt: now,
      reason: chain.suspensionReason,
      suspendedBy: chain.suspendedBy ?? '',
      resumedBy: world.actor,
    })
    const over = { suspendedAt: null, suspensionReason: null, suspendedBy: null }
    const resumed = changeChain(world, chain, over, 'order.resumed')
    return { ...chainAnswer(resumed, now), changed: true }
  },
})
