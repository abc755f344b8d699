/** `updateConsumer`: a PATCH of a consumer. */
import { z } from 'zod'
import { consumerAnswer } from '../../answers/consumer.ts'
import { changeConsumer, consumerOf } from '../../ledger/consumers.ts'
import { needs } from '../../ledger/needs.ts'
import { refuseOtherVersion } from '../../ledger/verbs.ts'
import type { Customer } from '../../objects.ts'
import { command } from '../../rpc/method.ts'
import { merged } from '../../rules/patch.ts'
import {
  Consumer,
  ConsumerKind,
  consumerSelector,
  Email,
  exactlyOne,
  Name,
  oneOf,
  RemoteId,
  Uuid,
  Version,
} from '../../shapes.ts'

export const updateConsumer = command({
  summary: 'Change what is known about a consumer.',
  details: 'A PATCH: members that are left out stay as they are, null clears.',
  scopes: ['licenses'],
  nulls: 'clear',
  params: z
    .strictObject({
      consumerId: Uuid.optional(),
      id: RemoteId.optional(),
      email: Email.nullable().optional(),
      displayName: Name.nullable().optional(),
      kind: ConsumerKind.optional(),
      ifVersion: Version.optional(),
    })
    .refine(exactlyOne('id', 'consumerId'), oneOf('id', 'consumerId')),
  result: Consumer,
  faults: ['consumer_unknown', 'consumer_exists', 'version_conflict'],
  events: ['consumer.updated'],
  previewable: true,
  examples: [
    {
      summary: 'Another e-mail address',
      params: { id: 'U-17', email: 'ann.lee@example.com' },
      result: {
        consumerId: '0198f3c2-6b07-7d11-8e2a-91f0c4d5aa10',
        partner: 7,
        remoteId: 'U-17',
        customer: 'K001',
        customerId: '0198f3c2-5a31-7c4e-9d80-3b1f6c2a7e55',
        kind: 'person',
        email: 'ann.lee@example.com',
        displayName: 'Ann Lee',
        version: 3,
        createdAt: 1772366400,
        updatedAt: 1772528400,
      },
    },
  ],
  needs: ({ id, consumerId, email }) => [
    needs.consumer(consumerSelector(id, consumerId)),
    ...(email
      ? [
          needs.consumer({ email }),
          // By which request it was created, too, since that goes with it to its new address.
          { kind: 'consumerTaken' as const, id, consumerId: consumerId?.toLowerCase(), email },
        ]
      : []),
  ],
  decide({ world, fault }, { id, consumerId, ifVersion, ...patch }) {
    const consumer = consumerOf(world, consumerSelector(id, consumerId))
    if (!consumer) throw fault('consumer_unknown', { id: id ?? consumerId ?? '' })
    const holder = patch.email ? consumerOf(world, { email: patch.email }) : undefined
    if (patch.email && holder && holder.consumerId !== consumer.consumerId)
      throw fault('consumer_exists', { id: patch.email, differs: ['id'] })
    const customer = world.customers.get(consumer.customerId) as Customer
    const changed = merged(consumer, patch)
    if (JSON.stringify(changed) === JSON.stringify(consumer)) return consumerAnswer(consumer, customer)
    refuseOtherVersion(consumer, ifVersion)
    return consumerAnswer(changeConsumer(world, consumer, changed), customer)
  },
})
