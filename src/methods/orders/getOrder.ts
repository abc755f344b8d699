/** `getOrder`: a chain as it stands, by the id of any of its orders. */
import { z } from 'zod'
import { wholeChainAnswer } from '../../answers/order.ts'
import { needs } from '../../ledger/needs.ts'
import { lookup } from '../../rpc/method.ts'
import { Order, OwnOrder, RemoteId, Seconds } from '../../shapes.ts'

export const getOrder = lookup({
  summary: 'Get an order chain as it stands, by the id of any of its orders.',
  params: z.strictObject({ id: RemoteId }),
  result: z.strictObject({
    ...Order.shape,
    cancelAt: Seconds.nullable().meta({ description: 'When the chain ends or ended by cancellation.' }),
    suspendedAt: Seconds.nullable(),
    orders: z.array(OwnOrder).meta({ description: 'Every order of the chain, the first one first.' }),
  }),
  faults: ['order_unknown'],
  examples: [
    {
      summary: 'A chain with one renewal',
      params: { id: 'REMOTEORDER1' },
      result: {
        id: 1,
        partner: 0,
        remoteId: 'REMOTEORDER1',
        parent: null,
        customer: 'ABC',
        product: 'oo-lite',
        licenses: 20,
        duration: 'monthly',
        termStart: 1684313717,
        termEnd: 1686992117,
        status: 'active',
        renewableFrom: 1688288117,
        licenseId: '018828eb-b908-758f-bb94-89e963b71fbe',
        createdAt: 1684313717,
        cancelAt: null,
        suspendedAt: null,
        orders: [
          {
            id: 1,
            remoteId: 'REMOTEORDER1',
            parent: null,
            product: 'oo-lite',
            licenses: 20,
            duration: 'monthly',
            termStart: 1684313717,
            termEnd: 1686992117,
            references: {},
            metadata: {},
            createdAt: 1684313717,
          },
          {
            id: 2,
            remoteId: 'REMOTEORDER2',
            parent: 'REMOTEORDER1',
            product: 'oo-lite',
            licenses: 20,
            duration: 'monthly',
            termStart: 1686992117,
            termEnd: 1689584117,
            references: {},
            metadata: {},
            createdAt: 1686041717,
          },
        ],
      },
    },
  ],
  needs: ({ id }) => [needs.chain(id)],
  answer({ world, now, fault }, { id }) {
    const chain = world.chain(id)
    if (!chain) throw fault('order_unknown', { id })
    return wholeChainAnswer(chain, now)
  },
})
