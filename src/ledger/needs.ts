/**
 * The vocabulary in which a call says, before it is decided, what it will look at. A group of calls is loaded
 * with one query per table for all their needs together; what was not asked for is not there to be seen.
 */
import type { ReferenceKind, ShopObjectKind } from '../objects.ts'
import type { DueThing } from '../outbox/setAside.ts'
import type { Instant } from '../rules/time.ts'

export type CustomerSelector = { id: string } | { customerId: string }

/** One licence: its UUID, or the caller's own id, which is unique per product. */
export type LicenseSelector = { licenseId: string } | { id: string; product: string }

export type ConsumerSelector = { id: string } | { consumerId: string } | { email: string }

/** An item of the inbox, and what its event names: objects of the shop, accounts with all that is theirs, and skus. */
export interface ShopEventNeed {
  readonly inboxId: string
  readonly sourceId: string
  readonly objects: readonly { kind: ShopObjectKind; id: string }[]
  readonly accounts: readonly string[]
  readonly skus: readonly string[]
}

export type Need =
  /** The customer with a remote id (any it ever had) or a UUID. */
  | { kind: 'customer'; selector: CustomerSelector }
  /** Whether these ids of a customer are taken, and by which request. */
  | { kind: 'customerTaken'; id: string | undefined; customerId: string | undefined }
  /** Whether an order id is taken, and by which request. */
  | { kind: 'orderTaken'; id: string }
  /** The whole chain that the order with this id belongs to, with its customer and edition. */
  | { kind: 'chain'; id: string }
  /** The chains with these numbers of a first order. */
  | { kind: 'chains'; chainIds: readonly number[] }
  /** All chains on which something is due to be told by then, by a sandbox's own clock plus some seconds. */
  | { kind: 'due'; until: Instant | null; plusSeconds: number }
  /** The chains and the licences that the sweep has found to be due. */
  | { kind: 'found'; things: readonly DueThing[] }
  /** How many orders and licences a customer has. */
  | { kind: 'counts'; selector: CustomerSelector }
  | { kind: 'edition'; code: string }
  /** Whether this code of an edition is taken, and by which request. */
  | { kind: 'editionTaken'; code: string }
  | { kind: 'product'; code: string }
  | { kind: 'license'; selector: LicenseSelector }
  /** Whether these ids of a licence are taken, and by which request. */
  | { kind: 'licenseTaken'; id: string | undefined; licenseId: string | undefined }
  | { kind: 'licenses'; licenseIds: readonly string[] }
  /** The licences of a customer that a document number names. */
  | { kind: 'licensesByReference'; selector: CustomerSelector; reference: ReferenceKind; value: string }
  /** All licences of a customer, with what they contained at any time. */
  | { kind: 'licensesOf'; selector: CustomerSelector }
  /** All licences of the customers that a consumer has or had access to. */
  | { kind: 'licensesFor'; selector: ConsumerSelector }
  | { kind: 'consumer'; selector: ConsumerSelector }
  /** Whether these ids of a consumer are taken, and by which request. */
  | {
      kind: 'consumerTaken'
      id: string | undefined
      consumerId: string | undefined
      email: string | undefined
    }
  | { kind: 'apiKey'; keyId: string }
  | { kind: 'endpoint'; endpointId: string }
  /** All webhook endpoints of the partner. */
  | { kind: 'endpoints' }
  /** One webhook delivery, with its endpoint. */
  | { kind: 'delivery'; deliveryId: string }
  /** All shop sources of the partner. */
  | { kind: 'sources' }
  | { kind: 'source'; sourceId: string }
  /** What a name of a shop is mapped to. */
  | { kind: 'sku'; sourceId: string; sku: string }
  | { kind: 'inboxItem'; inboxId: string }
  /** Everything that is remembered of what an event of a shop is about. */
  | ({ kind: 'shopEvent' } & ShopEventNeed)
  /** Whether there is any API key in the installation. */
  | { kind: 'anyApiKey' }
  /** The number that the next partner gets. */
  | { kind: 'nextPartner' }
  /** The first answer of a call that was sent with this idempotency key. */
  | { kind: 'idempotency'; keyDigest: string }

/** The names under which creating requests are remembered, one kind of id each. */
export const creationKey = {
  order: (remoteId: string) => `order ${remoteId}`,
  customer: (remoteId: string) => `customer ${remoteId}`,
  customerId: (uuid: string) => `customerId ${uuid}`,
  product: (code: string) => `product ${code}`,
  edition: (code: string) => `edition ${code}`,
  license: (product: string, remoteId: string) => `license ${product} ${remoteId}`,
  licenseId: (uuid: string) => `licenseId ${uuid}`,
  consumer: (remoteId: string) => `consumer ${remoteId}`,
  consumerId: (uuid: string) => `consumerId ${uuid}`,
  consumerEmail: (email: string) => `consumerEmail ${email.toLowerCase()}`,
}

export const needs = {
  customer: (selector: CustomerSelector): Need => ({ kind: 'customer', selector }),
  customerTaken: (id: string | undefined, customerId: string | undefined): Need => ({
    kind: 'customerTaken',
    id,
    customerId,
  }),
  orderTaken: (id: string): Need => ({ kind: 'orderTaken', id }),
  chain: (id: string): Need => ({ kind: 'chain', id }),
  chains: (chainIds: readonly number[]): Need => ({ kind: 'chains', chainIds }),
  dueUntil: (until: Instant): Need => ({ kind: 'due', until, plusSeconds: 0 }),
  dueWithin: (plusSeconds: number): Need => ({ kind: 'due', until: null, plusSeconds }),
  found: (things: readonly DueThing[]): Need => ({ kind: 'found', things }),
  counts: (selector: CustomerSelector): Need => ({ kind: 'counts', selector }),
  product: (code: string): Need => ({ kind: 'product', code }),
  edition: (code: string): Need => ({ kind: 'edition', code }),
  editionTaken: (code: string): Need => ({ kind: 'editionTaken', code }),
  license: (selector: LicenseSelector): Need => ({ kind: 'license', selector }),
  licenses: (licenseIds: readonly string[]): Need => ({ kind: 'licenses', licenseIds }),
  licensesOf: (selector: CustomerSelector): Need => ({ kind: 'licensesOf', selector }),
  licensesFor: (selector: ConsumerSelector): Need => ({ kind: 'licensesFor', selector }),
  consumer: (selector: ConsumerSelector): Need => ({ kind: 'consumer', selector }),
  apiKey: (keyId: string): Need => ({ kind: 'apiKey', keyId }),
  endpoint: (endpointId: string): Need => ({ kind: 'endpoint', endpointId: endpointId.toLowerCase() }),
  endpoints: (): Need => ({ kind: 'endpoints' }),
  delivery: (deliveryId: string): Need => ({ kind: 'delivery', deliveryId: deliveryId.toLowerCase() }),
  sources: (): Need => ({ kind: 'sources' }),
  source: (sourceId: string): Need => ({ kind: 'source', sourceId: sourceId.toLowerCase() }),
  sku: (sourceId: string, sku: string): Need => ({ kind: 'sku', sourceId: sourceId.toLowerCase(), sku }),
  inboxItem: (inboxId: string): Need => ({ kind: 'inboxItem', inboxId: inboxId.toLowerCase() }),
  shopEvent: (wanted: ShopEventNeed): Need => ({ kind: 'shopEvent', ...wanted }),
  anyApiKey: (): Need => ({ kind: 'anyApiKey' }),
  nextPartner: (): Need => ({ kind: 'nextPartner' }),
}
