/** `rotateWebhookSecret`: a new secret; the one before goes on signing for a day. */

import { z } from 'zod'
import { endpointAnswer } from '../../answers/endpoint.ts'
import { exampleEndpoint } from '../../answers/examples.ts'
import { changeEndpoint, endpointOf, newSecret } from '../../ledger/endpoints.ts'
import { needs } from '../../ledger/needs.ts'
import { limits } from '../../limits.ts'
import { command } from '../../rpc/method.ts'
import { Seconds, Uuid, WebhookEndpoint } from '../../shapes.ts'

export const rotateWebhookSecret = command({
  summary: 'Give a webhook endpoint a new secret.',
  details: `The secret is shown in this answer and never again. For ${limits.secretOverlapHours} hours every webhook is signed with
    both secrets, so that the receiver can change over without losing one. Sending it twice rotates twice, so it is POST
    only, and takes the header \`idempotency-key\`.`,
  scopes: ['admin'],
  params: z.strictObject({ endpointId: Uuid }),
  result: z.strictObject({ ...WebhookEndpoint.shape, secret: z.string(), previousUntil: Seconds }),
  faults: ['endpoint_unknown'],
  events: [],
  examples: [
    {
      summary: 'A new secret; the old one signs too for a day',
      params: { endpointId: exampleEndpoint.endpointId },
      result: {
        ...exampleEndpoint,
        version: 2,
        updatedAt: 1684400117,
        secret: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD',
        previousUntil: 1684486517,
      },
    },
  ],
  repeatable: false,
  needs: ({ endpointId }) => [needs.endpoint(endpointId)],
  decide({ world, fault }, { endpointId }) {
    const endpoint = endpointOf(world, endpointId)
    if (!endpoint) throw fault('endpoint_unknown', { id: endpointId })
    const secret = newSecret(world)
    const previousSecretUntil = world.realNow + limits.secretOverlapHours * 3_600
    const rotated = changeEndpoint(world, endpoint, {
      secret,
      previousSecret: endpoint.secret,
      previousSecretUntil,
    })
    return { ...endpointAnswer(rotated), secret, previousUntil: previousSecretUntil }
  },
})
