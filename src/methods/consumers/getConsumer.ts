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
  examples: [
    {
      summary: 'By e-mail address, in any case',
      params: { email: 'Ann@Example.com' },
      result: {
        consumerId: '0198f3c2-6b07-7d11-8e2a-91f0c4d5aa10',
        partner: 7,
        remoteId: 'U-17',
        customer: 'K001',
        customerId: '0198f3c2-5a31-7c4e-9d80-3b1f6c2a7e55',
        kind: 'person',
        email: 'ann@example.com',
        displayName: 'Ann Lee',
        version: 2,
        createdAt: 1772366400,
        updatedAt: 1772442000,
        access: [
          { customer: 'K001', customerId: '0198f3c2-5a31-7c4e-9d80-3b1f6c2a7e55', grantedAt: 1772442000 },
        ],
      },
    },
  ],
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
