/** What a model run may try with webhook endpoints. */
import fc from 'fast-check'
import { among, anyOf, maybe, said } from './choices.ts'
import { keyOf } from './keyPlans.ts'
import { seen } from './naming.ts'
import { plan, type Weighted } from './plan.ts'
import { urlNames } from './receiver.ts'
import type { Reference } from './reference.ts'

/** Mostly a receiver of the play, else an address that nobody may have called. */
const url = fc.constantFrom(
  ...urlNames,
  ...urlNames,
  'http://10.0.0.1/hook',
  'ftp://hooks.example/hook',
  'https://93.184.216.34:22/hook',
)

const types = fc.constantFrom(
  ['order.created', 'order.renewed', 'license.created'],
  ['customer.created', 'customer.updated', 'order.created'],
)

const nobody = 'ffffffff-0000-4000-8000-000000000000'

const which = fc.record({ which: anyOf, isThere: fc.nat({ max: 9 }).map((one) => one > 0) })
function endpointBy({ state }: Reference, { which, isThere }: { which: number; isThere: boolean }) {
  return isThere ? among(state.endpoints, which) : undefined
}

const again = fc.nat({ max: 4 }).map((one) => one === 0)

export const endpointPlans: Weighted[] = [
  plan(4, 'createWebhookEndpoint', fc.record({ url, types: maybe(types), again }), (c, model) => ({
    method: 'createWebhookEndpoint',
    params: said({ url: c.url, types: c.types }),
    key: keyOf(model, 'endpoint', model.state.endpoints.length, c.again),
  })),
  plan(
    4,
    'updateWebhookEndpoint',
    fc.record({
      which,
      seen,
      url: maybe(url),
      types: maybe(fc.option(types)),
      isActive: maybe(fc.boolean()),
    }),
    ({ which, seen, ...patch }, model) => {
      const endpoint = endpointBy(model, which)
      const ifVersion = endpoint && seen !== undefined ? Math.max(1, endpoint.version - seen) : undefined
      return {
        method: 'updateWebhookEndpoint',
        params: said({ endpointId: endpoint?.endpointId ?? nobody, ...patch, ifVersion }),
      }
    },
  ),
  plan(1, 'deleteWebhookEndpoint', which, (c, model) => ({
    method: 'deleteWebhookEndpoint',
    params: { endpointId: endpointBy(model, c)?.endpointId ?? nobody },
  })),
  plan(2, 'rotateWebhookSecret', fc.record({ which, again }), (c, model) => {
    const secrets = model.state.endpoints.reduce((sum, { secrets }) => sum + secrets.length, 0)
    const { endpointId = nobody } = endpointBy(model, c.which) ?? {}
    return {
      method: 'rotateWebhookSecret',
      params: { endpointId },
      key: keyOf(model, `secret of ${endpointId}`, secrets, c.again),
    }
  }),
  plan(1, 'redeliver', fc.record({ which, sinceSeq: fc.integer({ min: 1, max: 9 }) }), (c, model) => ({
    method: 'redeliver',
    params: { endpointId: endpointBy(model, c.which)?.endpointId ?? nobody, sinceSeq: c.sinceSeq },
  })),
  plan(1, 'redeliver of nothing', fc.constant({}), () => ({
    method: 'redeliver',
    params: { deliveryId: nobody },
  })),
  plan(1, 'listWebhookEndpoints', maybe(fc.constantFrom(1, 2)), (limit) => ({
    method: 'listWebhookEndpoints',
    params: said({ limit }),
  })),
  plan(1, 'listDeliveries', maybe(which), (c, model) => ({
    method: 'listDeliveries',
    params: said({ endpointId: c && (endpointBy(model, c)?.endpointId ?? nobody), limit: 500 }),
  })),
]
