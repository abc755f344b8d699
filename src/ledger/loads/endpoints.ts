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

/** What has fallen due, the longest waiting first, and no more of it than one group should tell. */
export function dueNextLoads(world: World, wanted: readonly Extract<Need, { kind: 'dueNext' }>[]): Load[] {
  const values = [Math.max(...wanted.map(({ until }) => until)), Math.max(...wanted.map(({ most }) => most))]
  const oldest = (table: string, id: string): string => `select d.${id} from ${table} d
    where d.partner_id = $1 and d.next_due_at <= to_timestamp($2) order by d.next_due_at, d.${id} limit $3`
  return [
    ...chainLoads(world, `c.chain_id in (${oldest('chain', 'chain_id')})`, values),
    ...licenseLoads(world, `l.license_id in (${oldest('license', 'license_id')})`, values),
  ]
}
