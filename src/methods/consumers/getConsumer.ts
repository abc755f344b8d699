/** `getConsumer`: one consumer, and whose licences it may use. */
import { z } from 'zod'
import { consumerAnswer } from '../../answers/consumer.ts'
import { accessesOf, consumerOf } from '../../ledger/consumers.ts'
import { needs } from '../../ledger/needs.ts'
import type { Customer } from '../../objects.ts'
import { lookup } from '../../rpc/method.ts'
import {
  Consumer,
  consumerSelector,
  Email,
  exactlyOne,
  oneOf,
  RemoteId,
  Seconds,
  Uuid,
} from '../../shapes.ts'

export const getConsumer = lookup({
  summary: 'Get a consumer by its UUID, your own id or its e-mail address.',
  params: z
    .strictObject({ consumerId: Uuid.optional(), id: RemoteId.optional(), email: Email.optional() })
    .refine(exactlyOne('consumerId', 'id', 'email'), oneOf('consumerId', 'id', 'email')),
  result: z.strictObject({
    ...Consumer.shape,
    access: z
      .array(z.strictObject({ customer: z.string(), customerId: z.string(), grantedAt: Seconds }))
      .meta({ description: 'The customers whose licences the consumer may use.' }),
  }),
  faults: ['consumer_unknown'],
  examples: [],
  needs: ({ email, id, consumerId }) => [
    needs.consumer(email === undefined ? consumerSelector(id, consumerId) : { email }),
  ],
  answer({ world, fault }, { email, id, consumerId }) {
    const consumer = consumerOf(world, email === undefined ? consumerSelector(id, consumerId) : { email })
    if (!consumer) throw fault('consumer_unknown', { id: email ?? id ?? consumerId ?? '' })
    const open = accessesOf(world, consumer.consumerId).filter(({ revokedAt }) => revokedAt === null)
    return {
      ...consumerAnswer(consumer, world.customers.get(consumer.customerId) as Customer),
      access: open.map(({ customerId, grantedAt }) => ({
        customer: (world.customers.get(customerId) as Customer).remoteId,
        customerId,
        grantedAt,
      })),
    }
  },
})
