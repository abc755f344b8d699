/** `createWebhookEndpoint`: an address that is sent what happens from now on. */

import { z } from 'zod'
import { endpointAnswer } from '../../answers/endpoint.ts'
import { exampleEndpoint } from '../../answers/examples.ts'
import { addEndpoint } from '../../ledger/endpoints.ts'
import { needs } from '../../ledger/needs.ts'
import { limits } from '../../limits.ts'
import { command } from '../../rpc/method.ts'
import { EventTypes, Url, WebhookEndpoint } from '../../shapes.ts'

export const createWebhookEndpoint = command({
  summary: 'Have events sent to an address of yours, signed as Standard Webhooks says.',
  details: `The secret is shown in this answer and never again. Each event is sent at least once, with its own id in the
    header \`webhook-id\`; order is not promised, \`seq\` and \`object.version\` tell it. Endpoints have no id of yours: to
    make the call safe to send again, send it with the header \`idempotency-key\`.`,
  scopes: ['admin'],
  params: z.strictObject({ url: Url, types: EventTypes.optional() }),
  result: z.strictObject({ ...WebhookEndpoint.shape, secret: z.string() }),
  faults: [],
  events: [],
  examples: [
    {
      summary: 'Only what provisioning needs',
      params: {
        url: 'https://erp.example.com/tenure',
        types: ['order.created', 'order.renewed', 'order.cancelled'],
      },
      result: { ...exampleEndpoint, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
    },
  ],
  repeat: () => null,
  reaches: ({ url }) => url,
  needs: () => [needs.endpoints()],
  check({ world }) {
    const kept = [...world.endpoints.all()].filter(({ deletedAt }) => deletedAt === null)
    if (kept.length < limits.endpoints) return []
    return [
      { path: 'url', message: `must not be one more than the ${limits.endpoints} endpoints of a partner` },
    ]
  },
  decide({ world }, { url, types }) {
    const endpoint = addEndpoint(world, { url, types: types ?? null })
    return { ...endpointAnswer(endpoint), secret: endpoint.secret as string }
  },
})
