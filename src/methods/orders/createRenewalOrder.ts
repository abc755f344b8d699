/** `createRenewalOrder`: buys the next term of a chain, within its renewal window or after it has run out. */
import { z } from 'zod'
import { orderAnswer } from '../../answers/order.ts'
import { momentOf, renewChain } from '../../ledger/chains.ts'
import { creationKey, needs } from '../../ledger/needs.ts'
import { command } from '../../rpc/method.ts'
import { cancelledSince, contentsOf, firstTerm, latestTerm, suspendedSince } from '../../rules/chain.ts'
import { nextTerm, renewableFrom } from '../../rules/term.ts'
import { Duration, Licenses, Order, References, RemoteId } from '../../shapes.ts'

export const createRenewalOrder = command({
  summary: 'Buy the next term of a chain.',
  details: `\`parent\` is the first order and stays the same for all renewals; \`id\` is new each time. Renewals are taken
    from 15 days before the end of the latest term, unless the partner or the edition says otherwise. An unexpired
    term is followed without a gap; after expiry (and its grace) the new term starts now. Left out, \`licenses\` and
    \`duration\` stay as they are.`,
  scopes: ['orders'],
  params: z.strictObject({
    parent: RemoteId.meta({ description: 'Your id of the first order.' }),
    id: RemoteId.meta({ description: 'Your id of this renewal.' }),
    licenses: Licenses.optional(),
    duration: Duration.optional(),
    references: References.optional(),
  }),
  result: Order,
  faults: [
    'order_exists',
    'order_unknown',
    'order_not_first',
    'order_cancelled',
    'order_ending',
    'order_suspended',
    'customer_inactive',
    'not_renewable',
    'renewal_too_early',
  ],
  events: ['order.renewed'],
  previewable: true,
  examples: [
    {
      summary: 'The next month',
      params: { parent: 'REMOTEORDER1', id: 'REMOTEORDER2' },
      result: {
        id: 2,
        partner: 0,
        remoteId: 'REMOTEORDER2',
        parent: 'REMOTEORDER1',
        customer: 'ABC',
        product: 'oo-lite',
        licenses: 20,
        duration: 'monthly',
        termStart: 1686992117,
        termEnd: 1689584117,
        status: 'active',
        renewableFrom: 1688288117,
        licenseId: '01882a4e-7d88-7c3e-9d3f-0a1b2c3d4e5f',
        createdAt: 1685700000,
      },
    },
  ],
  repeat: ({ id }) => ({ id, keys: () => [creationKey.order(id)], exists: 'order_exists' }),
  needs: ({ parent, id }) => [needs.orderTaken(id), needs.chain(parent)],
  decide({ world, fault }, { parent, id, ...asked }) {
    const chain = world.chain(parent)
    if (!chain) throw fault('order_unknown', { id: parent })
    const now = momentOf(world, chain)
    const first = firstTerm(chain)
    if (first.remoteId !== parent) throw fault('order_not_first', { parent: first.remoteId })
    const cancelled = cancelledSince(chain, now)
    if (cancelled !== null) throw fault('order_cancelled', { since: cancelled })
    if (chain.cancelAt !== null) throw fault('order_ending', { endsAt: chain.cancelAt })
    const suspended = suspendedSince(chain, now)
    if (suspended !== null) throw fault('order_suspended', { since: suspended, hint: 'resumeOrder' })
    if (!chain.customer.isActive) throw fault('customer_inactive', { customer: chain.customer.remoteId })
    if (!chain.conditions.renewable) throw fault('not_renewable', { edition: chain.edition })
    const latest = latestTerm(chain)
    const opens = renewableFrom(latest.termEnd, chain.conditions)
    if (now < opens) {
      const { windowDays } = chain.conditions
      throw fault('renewal_too_early', {
        termEnd: latest.termEnd,
        renewableFrom: opens,
        windowDays,
        retryAt: opens,
      })
    }
    const duration = asked.duration ?? latest.duration
    const contents = contentsOf(chain, latest, now)
    const purchase = {
      ...contents,
      licenses: asked.licenses ?? contents.licenses,
      remoteId: id,
      duration,
      references: asked.references ?? {},
      metadata: {},
    }
    const renewed = renewChain(world, chain, purchase, nextTerm(latest, now, duration, chain.conditions))
    return orderAnswer(renewed.chain, renewed.order, now)
  },
})
