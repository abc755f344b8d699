/** How a consumer looks on the wire. */
import type { z } from 'zod'
import type { Consumer, Customer } from '../objects.ts'
import type { Consumer as ConsumerShape } from '../shapes.ts'

export function consumerAnswer(consumer: Consumer, customer: Customer): z.output<typeof ConsumerShape> {
  const { consumerId, partnerId, remoteId, kind, email, displayName, version, createdAt, updatedAt } =
    consumer
  return {
    consumerId,
    partner: partnerId,
    remoteId,
    customer: customer.remoteId,
    customerId: customer.customerId,
    kind,
    email,
    displayName,
    version,
    createdAt,
    updatedAt,
  }
}
