/** How webhook endpoints and deliveries look on the wire. A secret is never among it. */
import type { z } from 'zod'
import type { WebhookDelivery, WebhookEndpoint } from '../objects.ts'
import type { WebhookDelivery as DeliveryShape, WebhookEndpoint as EndpointShape } from '../shapes.ts'

export function endpointAnswer(
  endpoint: Omit<WebhookEndpoint, 'secret' | 'previousSecret' | 'previousSecretUntil'>,
): z.output<typeof EndpointShape> {
  const { endpointId, url, types, disabledAt, disabledReason, version, createdAt, updatedAt } = endpoint
  const isActive = disabledAt === null
  return { endpointId, url, types, isActive, disabledAt, disabledReason, version, createdAt, updatedAt }
}

export function deliveryAnswer({
  partnerId: _,
  ...delivery
}: WebhookDelivery): z.output<typeof DeliveryShape> {
  return delivery
}
