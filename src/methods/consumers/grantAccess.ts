/** `grantAccess`: lets a consumer use all licences of a customer, its default licence container. */
import { z } from 'zod'
import { accessAnswer, accessesOf, consumerOf, stageAccess } from '../../ledger/consumers.ts'
import { needs } from '../../ledger/needs.ts'
import { refuseOtherVersion } from '../../ledger/verbs.ts'
import { command } from '../../rpc/method.ts'
import {
  Access,
  consumerSelector,
  customerSelector,
  exactlyOne,
  namesOneCustomer,
  oneOf,
  RemoteId,
  Uuid,
  Version,
} from '../../shapes.ts'

export const grantAccess = command({
  summary: 'Let a consumer use the licences of a customer.',
  details:
    'All licences of the customer, present and future. Access that is granted already answers `changed: false`.',
  scopes: ['licenses'],
  params: z
    .strictObject({
      customer: RemoteId.optional(),
      customerId: Uuid.optional(),
      consumer: RemoteId.optional(),
      consumerId: Uuid.optional(),
      ifVersion: Version.optional(),
    })
    .refine(namesOneCustomer('customer'), oneOf('customer', 'customerId'))
    .refine(exactlyOne('consumer', 'consumerId'), oneOf('consumer', 'consumerId')),
  result: Access,
  faults: ['customer_unknown', 'consumer_unknown', 'customer_inactive', 'version_conflict'],
  events: ['access.granted'],
  previewable: true,
  examples: [
    {
      summary: 'A person may use what the company has',
      params: { customer: 'K001', consumer: 'U-17' },
      result: {
        consumer: 'U-17',
        consumerId: '0198f3c2-6b07-7d11-8e2a-91f0c4d5aa10',
        customer: 'K001',
        customerId: '0198f3c2-5a31-7c4e-9d80-3b1f6c2a7e55',
        changed: true,
      },
    },
  ],
  needs: ({ customer, customerId, consumer, consumerId }) => [
    needs.customer(customerSelector(customer, customerId)),
    needs.consumer(consumerSelector(consumer, consumerId)),
  ],
  decide({ world, now, fault }, { customer, customerId, consumer, consumerId, ifVersion }) {
    const owner = world.customer(customerSelector(customer, customerId))
    if (!owner) throw fault('customer_unknown', { id: customer ?? customerId ?? '' })
    const user = consumerOf(world, consumerSelector(consumer, consumerId))
    if (!user) throw fault('consumer_unknown', { id: consumer ?? consumerId ?? '' })
    const accesses = accessesOf(world, user.consumerId, owner.customerId)
    const open = accesses.find(({ revokedAt }) => revokedAt === null)
    if (open) return { ...accessAnswer(user, owner), changed: false }
    if (!owner.isActive) throw fault('customer_inactive', { customer: owner.remoteId })
    refuseOtherVersion(user, ifVersion)
    stageAccess(world, user, owner, {
      partnerId: world.partnerId,
      consumerId: user.consumerId,
      customerId: owner.customerId,
      number: accesses.length + 1,
      grantedAt: now,
      grantedBy: world.actor,
      revokedAt: null,
      revokedBy: null,
    })
    return { ...accessAnswer(user, owner), changed: true }
  },
})
