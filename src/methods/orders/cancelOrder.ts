/** `cancelOrder`: ends a chain, now or when its latest term is over. */
import { z } from 'zod'
import { chainAnswer } from '../../answers/order.ts'
import { changeChain, momentOf } from '../../ledger/chains.ts'
import { needs } from '../../ledger/needs.ts'
import { chainOfFirst, refuseOtherVersion } from '../../ledger/verbs.ts'
import { command } from '../../rpc/method.ts'
import { cancelledSince, endingAt, latestTerm } from '../../rules/chain.ts'
import { ChangedOrder, Reason, RemoteId, Version } from '../../shapes.ts'

export const cancelOrder = command({
  summary: 'End an order chain, at once or at the end of its latest term.',
  details: `Ending now also brings forward an end that was set for later. A chain that is over already, or already ends
    when asked, answers \`changed: false\`. A cancelled chain is never renewed.`,
  scopes: ['orders'],
  params: z.strictObject({
    id: RemoteId.meta({ description: 'Your id of the first order.' }),
    at: z.enum(['now', 'termEnd']).optional().meta({ description: '`now` unless said otherwise.' }),
    reason: Reason.optional(),
    ifVersion: Version.optional(),
  }),
  result: ChangedOrder,
  faults: ['order_unknown', 'order_not_first', 'version_conflict'],
  events: ['order.cancelled', 'order.cancellation_scheduled'],
  previewable: true,
  examples: [
    {
      summary: 'At the end of what is paid for',
      params: { id: 'REMOTEORDER1', at: 'termEnd' },
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
  decide({ world }, { id, at, reason, ifVersion }) {
    const chain = chainOfFirst(world, id)
    const now = momentOf(world, chain)
    const unchanged = { ...chainAnswer(chain, now), changed: false }
    if (cancelledSince(chain, now) !== null) return unchanged
    const { termEnd } = latestTerm(chain)
    const later = at === 'termEnd' && termEnd > now
    if (later && endingAt(chain, now) !== null) return unchanged
    refuseOtherVersion(chain, ifVersion)
    const cancelled = changeChain(
      world,
      chain,
      {
        cancelAt: later ? termEnd : now,
        cancellationReason: reason ?? null,
        cancelledBy: world.actor,
        cancellationTold: !later,
      },
      later ? 'order.cancellation_scheduled' : 'order.cancelled',
    )
    return { ...chainAnswer(cancelled, now), changed: true }
  },
})
