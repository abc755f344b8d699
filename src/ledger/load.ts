/**
 * Turns the needs of a group of calls into queries, one per table, and their rows into a world. The queries carry no
 * name, so that PostgreSQL plans them afresh each time: with kept plans, importing 100,000 customers a second time ran
 * at a twentieth of the rate, because a plan from when the tables were small went on reading all rows of the partner.
 */
import { editionTakenLoad, productLoad } from './loads/catalogue.ts'
import { chainLoads, chainsByOrderId, dueChains, orderTakenLoad } from './loads/chains.ts'
import { consumerLoads, consumerTakenLoad, licensesOfConsumers } from './loads/consumers.ts'
import { countsLoad, customerLoads, customerTakenLoads } from './loads/customers.ts'
import { deliveryLoads, endpointLoads, foundLoads } from './loads/endpoints.ts'
import {
  dueLicenses,
  licensesByReference,
  licensesOfCustomers,
  licensesSelected,
  licenseTakenLoad,
} from './loads/licenses.ts'
import { distinct, type Load, selected } from './loads/load.ts'
import { anyApiKeyLoad, apiKeyLoad, idempotencyLoad, nextPartnerLoad } from './loads/partners.ts'
import { inboxItemLoad, shopEventLoads, skuLoad, sourceLoad } from './loads/shops.ts'
import type { Need } from './needs.ts'
import type { World } from './world.ts'

type Wanted<Kind extends Need['kind']> = Extract<Need, { kind: Kind }>[]

/** How each kind of need is met, for all needs of that kind together. */
const loaders: { [Kind in Need['kind']]: (world: World, wanted: Wanted<Kind>) => Load[] } = {
  customer: (world, wanted) => customerLoads(world, selected(wanted)),
  customerTaken: customerTakenLoads,
  orderTaken: (world, wanted) => [orderTakenLoad(world, distinct(wanted.map(({ id }) => id)))],
  chain: (world, wanted) => chainsByOrderId(world, distinct(wanted.map(({ id }) => id))),
  chains: (world, wanted) =>
    chainLoads(world, 'c.chain_id = any ($2::bigint[])', [wanted.flatMap(({ chainIds }) => chainIds)]),
  due: (world, wanted) => [...dueChains(world, wanted), ...dueLicenses(world, wanted)],
  found: foundLoads,
  counts: (world, wanted) => [countsLoad(world, selected(wanted))],
  // What is sold under a code is looked for in memory first.
  edition(world, wanted) {
    for (const { code } of wanted) world.editionsAsked.add(code)
    return []
  },
  editionTaken: (world, wanted) => [editionTakenLoad(world, distinct(wanted.map(({ code }) => code)))],
  product: (world, wanted) => [productLoad(world, distinct(wanted.map(({ code }) => code)))],
  license: licensesSelected,
  licenseTaken: (world, wanted) => [licenseTakenLoad(world, wanted)],
  licenses: (world, wanted) =>
    licensesSelected(
      world,
      wanted.flatMap(({ licenseIds }) => licenseIds.map((licenseId) => ({ selector: { licenseId } }))),
    ),
  licensesByReference: (world, wanted) => wanted.flatMap((need) => licensesByReference(world, need)),
  licensesOf: (world, wanted) => licensesOfCustomers(world, selected(wanted)),
  licensesFor: licensesOfConsumers,
  consumer: consumerLoads,
  consumerTaken: (world, wanted) => [consumerTakenLoad(world, wanted)],
  apiKey: (world, wanted) => [apiKeyLoad(world, distinct(wanted.map(({ keyId }) => keyId)))],
  endpoint: (world, wanted) =>
    endpointLoads(world, 'e.endpoint_id = any ($2::uuid[])', [distinct(wanted.map((one) => one.endpointId))]),
  endpoints: (world) => endpointLoads(world, 'e.deleted_at is null', []),
  delivery: (world, wanted) => deliveryLoads(world, distinct(wanted.map(({ deliveryId }) => deliveryId))),
  sources: (world) => [sourceLoad(world, 's.deleted_at is null', [])],
  source: (world, wanted) => [
    sourceLoad(world, 's.source_id = any ($2::uuid[])', [distinct(wanted.map((one) => one.sourceId))]),
  ],
  sku: (world, wanted) => [skuLoad(world, wanted)],
  inboxItem: (world, wanted) => [inboxItemLoad(world, distinct(wanted.map((one) => one.inboxId)))],
  shopEvent: shopEventLoads,
  anyApiKey: (world) => [anyApiKeyLoad(world)],
  nextPartner: (world) => [nextPartnerLoad(world)],
  idempotency: (world, wanted) => [
    idempotencyLoad(world, distinct(wanted.map(({ keyDigest }) => keyDigest))),
  ],
}

/** The queries that bring everything the needs name into the world. */
export function loads(world: World, needs: readonly Need[]): Load[] {
  const wanted = Map.groupBy(needs, ({ kind }) => kind)
  return [...wanted].flatMap(([kind, own]) => loaders[kind](world, own as never))
}
