/** `createConsumer`: who or what uses licences; a CRM's contact. */
import { z } from 'zod'
import { consumerAnswer } from '../../answers/consumer.ts'
import { addConsumer, emailKeys } from '../../ledger/consumers.ts'
import { creationKey, needs } from '../../ledger/needs.ts'
import { command } from '../../rpc/method.ts'
import {
  Consumer,
  ConsumerKind,
  customerSelector,
  Email,
  Name,
  namesOneCustomer,
  oneOf,
  RemoteId,
  Uuid,
} from '../../shapes.ts'

export const createConsumer = command({
  summary: 'Create a consumer of a customer: a person or a device that uses licences.',
  details: `The id and the e-mail address are unique per partner; without an id the UUID is the id, and a repeat is
    recognised by the e-mail address for as long as the consumer has it. A consumer may use licences once it was given
    access with grantAccess.`,
  scopes: ['licenses'],
  params: z
    .strictObject({
      customer: RemoteId.optional(),
      customerId: Uuid.optional(),
      consumerId: Uuid.optional(),
      id: RemoteId.optional(),
      email: Email.optional(),
      displayName: Name.optional(),
      kind: ConsumerKind.optional().meta({ description: '`person` unless said otherwise.' }),
    })
    .refine(namesOneCustomer('customer'), oneOf('customer', 'customerId')),
  result: Consumer,
  faults: ['consumer_exists', 'customer_unknown', 'customer_inactive'],
  events: ['consumer.created'],
  previewable: true,
  examples: [
    {
      summary: 'A contact of the CRM',
      params: { customer: 'K001', id: 'U-17', email: 'ann@example.com', displayName: 'Ann Lee' },
      result: {
        consumerId: '0198f3c2-6b07-7d11-8e2a-91f0c4d5aa10',
        partner: 7,
        remoteId: 'U-17',
        customer: 'K001',
        customerId: '0198f3c2-5a31-7c4e-9d80-3b1f6c2a7e55',
        kind: 'person',
        email: 'ann@example.com',
        displayName: 'Ann Lee',
        version: 1,
        createdAt: 1772366400,
        updatedAt: 1772366400,
      },
    },
  ],
  repeat({ id, consumerId, email }) {
    const uuid = consumerId?.toLowerCase()
    const known = id ?? uuid
    if (known === undefined && email === undefined) return null
    const ids = [
      ...(known === undefined ? [] : [creationKey.consumer(known)]),
      ...(uuid === undefined ? [] : [creationKey.consumerId(uuid)]),
    ]
    return {
      id: known ?? email ?? '',
      // An address is free again once its consumer has another, also within one array of calls.
      keys: (world) => [...ids, ...emailKeys(world, email)],
      exists: 'consumer_exists',
    }
  },
  needs: ({ id, consumerId, email, customer, customerId }) => [
    { kind: 'consumerTaken', id, consumerId: consumerId?.toLowerCase(), email },
    ...(email === undefined ? [] : [needs.consumer({ email })]),
    needs.customer(customerSelector(customer, customerId)),
  ],
  decide({ world, now, fault, mint }, { customer, customerId, ...given }) {
    const owner = world.customer(customerSelector(customer, customerId))
    if (!owner) throw fault('customer_unknown', { id: customer ?? customerId ?? '' })
    if (!owner.isActive) throw fault('customer_inactive', { customer: owner.remoteId })
    const consumerId = given.consumerId?.toLowerCase() ?? mint.uuid()
    const consumer = addConsumer(world, {
      partnerId: world.partnerId,
      consumerId,
      customerId: owner.customerId,
      remoteId: given.id ?? consumerId,
      kind: given.kind ?? 'person',
      email: given.email ?? null,
      displayName: given.displayName ?? null,
      version: 1,
      createdAt: now,
      updatedAt: now,
    })
    return consumerAnswer(consumer, owner)
  },
})
