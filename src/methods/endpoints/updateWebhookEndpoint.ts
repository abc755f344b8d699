/** `updateWebhookEndpoint`: another address, other types, or on and off. */

import { z } from 'zod'
import { endpointAnswer } from '../../answers/endpoint.ts'
import { exampleEndpoint } from '../../answers/examples.ts'
import { changeEndpoint, disableEndpoint, endpointOf } from '../../ledger/endpoints.ts'
import { needs } from '../../ledger/needs.ts'
import { command } from '../../rpc/method.ts'
import { EventTypes, Url, Uuid, Version, WebhookEndpoint } from '../../shapes.ts'

export const updateWebhookEndpoint = command({
  summary: 'Change a webhook endpoint; what is not named stays as it is.',
  details: `\`types: null\` sends every type. An endpoint that is switched on again goes on where it was switched off, so
    that nothing that happened meanwhile is missed.`,
  scopes: ['admin'],
  params: z.strictObject({
    endpointId: Uuid,
    url: Url.optional(),
    types: EventTypes.nullable().optional(),
    isActive: z.boolean().optional(),
    ifVersion: Version.optional(),
  }),
  result: z.strictObject({ ...WebhookEndpoint.shape, changed: z.boolean() }),
  faults: ['endpoint_unknown', 'version_conflict'],
  events: ['endpoint.disabled'],
  examples: [
    {
      summary: 'All types from now on',
      params: { endpointId: exampleEndpoint.endpointId, types: null },
      result: { ...exampleEndpoint, types: null, version: 2, updatedAt: 1684400117, changed: true },
    },
  ],
  nulls: 'clear',
  reaches: ({ url }) => url,
  needs: ({ endpointId }) => [needs.endpoint(endpointId)],
  decide({ world, fault }, { endpointId, url, types, isActive, ifVersion }) {
    let endpoint = endpointOf(world, endpointId)
    if (!endpoint) throw fault('endpoint_unknown', { id: endpointId })
    if (ifVersion !== undefined && ifVersion !== endpoint.version)
      throw fault('version_conflict', { version: endpoint.version })
    const { version } = endpoint
    const wanted = { url: url ?? endpoint.url, types: types === undefined ? endpoint.types : types }
    if (wanted.url !== endpoint.url || String(wanted.types) !== String(endpoint.types))
      endpoint = changeEndpoint(world, endpoint, wanted)
    if (isActive === true && endpoint.disabledAt !== null)
      endpoint = changeEndpoint(world, endpoint, { disabledAt: null, disabledReason: null })
    if (isActive === false && endpoint.disabledAt === null)
      endpoint = disableEndpoint(world, endpoint, 'switched_off')
    return { ...endpointAnswer(endpoint), changed: endpoint.version !== version }
  },
})
