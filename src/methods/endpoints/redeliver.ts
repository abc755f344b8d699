/** `redeliver`: one event again, or all from a position on. */

import { z } from 'zod'
import { exampleEndpoint } from '../../answers/examples.ts'
import { endpointOf } from '../../ledger/endpoints.ts'
import { needs } from '../../ledger/needs.ts'
import { command } from '../../rpc/method.ts'
import { Uuid } from '../../shapes.ts'

export const redeliver = command({
  summary: 'Send events to a webhook endpoint once more: one delivery, or all events from a position on.',
  details: `With \`sinceSeq\` the endpoint is sent every event from that position on again, in the types it takes; one that
    is disabled once it is switched on. Sending it twice sends the events twice, so it is POST only, and takes the
    header \`idempotency-key\`.`,
  scopes: ['admin'],
  params: z
    .strictObject({
      deliveryId: Uuid.optional(),
      endpointId: Uuid.optional(),
      sinceSeq: z.int().min(1).optional(),
    })
    .refine(
      ({ deliveryId, endpointId, sinceSeq }) =>
        deliveryId === undefined
          ? endpointId !== undefined && sinceSeq !== undefined
          : endpointId === undefined && sinceSeq === undefined,
      { message: 'must have either deliveryId, or endpointId and sinceSeq' },
    ),
  result: z.strictObject({ endpointId: z.string(), accepted: z.literal(true) }),
  faults: ['delivery_unknown', 'endpoint_unknown'],
  events: [],
  examples: [
    {
      summary: 'Everything since a position',
      params: { endpointId: exampleEndpoint.endpointId, sinceSeq: 1200 },
      result: { endpointId: exampleEndpoint.endpointId, accepted: true },
    },
  ],
  repeatable: false,
  needs: ({ deliveryId, endpointId }) =>
    deliveryId === undefined ? [needs.endpoint(endpointId as string)] : [needs.delivery(deliveryId)],
  decide({ world, fault, mint }, { deliveryId, endpointId, sinceSeq }) {
    const delivery = deliveryId === undefined ? undefined : world.deliveries.get(deliveryId.toLowerCase())
    if (deliveryId !== undefined && !delivery) throw fault('delivery_unknown', { id: deliveryId })
    const id = delivery?.endpointId ?? (endpointId as string)
    const endpoint = endpointOf(world, id)
    if (!endpoint) throw fault('endpoint_unknown', { id })
    world.redeliveries.insert({
      partnerId: world.partnerId,
      redeliveryId: mint.uuid(),
      endpointId: endpoint.endpointId,
      seq: delivery?.seq ?? null,
      sinceSeq: sinceSeq ?? null,
      requestedAt: world.realNow,
    })
    return { endpointId: endpoint.endpointId, accepted: true as const }
  },
})
