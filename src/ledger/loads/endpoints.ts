/** Loads webhook endpoints and deliveries, and what the sweep brings up to date. */
import type { WebhookDelivery, WebhookEndpoint } from '../../objects.ts'
import { webhookDeliveryTable, webhookEndpointTable } from '../../store/tables.ts'
import type { Need } from '../needs.ts'
import type { World } from '../world.ts'
import { chainLoads } from './chains.ts'
import { licenseLoads } from './licenses.ts'
import { columns, type Load } from './load.ts'

/** Webhook endpoints, chosen by a condition on `webhook_endpoint e` whose values begin at `$2`. */
export function endpointLoads(world: World, condition: string, values: unknown[]): Load[] {
  return [
    {
      text: `select ${columns(webhookEndpointTable, 'e')} from webhook_endpoint e
        where e.partner_id = $1 and ${condition}`,
      values: [world.partnerId, ...values],
      take: (rows: WebhookEndpoint[]) => {
        for (const row of rows) world.endpoints.load(row)
      },
    },
  ]
}

export function deliveryLoads(world: World, deliveryIds: string[]): Load[] {
  const chosen = `select d.endpoint_id from webhook_delivery d
    where d.partner_id = $1 and d.delivery_id = any ($2::uuid[])`
  return [
    {
      text: `select ${columns(webhookDeliveryTable, 'd')} from webhook_delivery d
        where d.partner_id = $1 and d.delivery_id = any ($2::uuid[])`,
      values: [world.partnerId, deliveryIds],
      take: (rows: WebhookDelivery[]) => {
        for (const row of rows) world.deliveries.set(row.deliveryId, row)
      },
    },
    ...endpointLoads(world, `e.endpoint_id in (${chosen})`, [deliveryIds]),
  ]
}

/** What the sweep has found to be due. */
export function foundLoads(world: World, wanted: readonly Extract<Need, { kind: 'found' }>[]): Load[] {
  const things = wanted.flatMap((need) => need.things)
  const idsOf = (kind: 'chain' | 'license'): string[] =>
    things.filter((thing) => thing.kind === kind).map(({ id }) => id)
  return [
    ...chainLoads(world, 'c.chain_id = any ($2::bigint[])', [idsOf('chain')]),
    ...licenseLoads(world, 'l.license_id = any ($2::uuid[])', [idsOf('license')]),
  ]
}
