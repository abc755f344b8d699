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
  examples: [],
  needs: ({ id }) => [needs.chain(id)],
  answer({ world, now, fault }, { id }) {
    const chain = world.chain(id)
    if (!chain) throw fault('order_unknown', { id })
    return wholeChainAnswer(chain, now)
  },
})
