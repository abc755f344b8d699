/** `deleteWebhookEndpoint`: nothing is sent there any more, and its secret is forgotten. */

import { z } from 'zod'
import { exampleEndpoint } from '../../answers/examples.ts'
import { changeEndpoint } from '../../ledger/endpoints.ts'
import { needs } from '../../ledger/needs.ts'
import { command } from '../../rpc/method.ts'
import { Uuid } from '../../shapes.ts'

export const deleteWebhookEndpoint = command({
  summary: 'Delete a webhook endpoint.',
  details:
    'One that is deleted already answers `changed: false`. What became of its deliveries stays listed.',
  scopes: ['admin'],
  params: z.strictObject({ endpointId: Uuid }),
  result: z.strictObject({ endpointId: z.string(), changed: z.boolean() }),
  faults: ['endpoint_unknown'],
  events: [],
  examples: [
    {
      summary: 'The ERP has moved',
      params: { endpointId: exampleEndpoint.endpointId },
      result: { endpointId: exampleEndpoint.endpointId, changed: true },
    },
  ],
  needs: ({ endpointId }) => [needs.endpoint(endpointId)],
  decide({ world, fault }, { endpointId }) {
    const endpoint = world.endpoints.get(endpointId.toLowerCase())
    if (!endpoint) throw fault('endpoint_unknown', { id: endpointId })
    if (endpoint.deletedAt !== null) return { endpointId: endpoint.endpointId, changed: false }
    const gone = { secret: null, previousSecret: null, previousSecretUntil: null, deletedAt: world.realNow }
    changeEndpoint(world, endpoint, gone)
    return { endpointId: endpoint.endpointId, changed: true }
  },
})
