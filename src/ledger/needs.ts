/**
 * The vocabulary in which a call says, before it is decided, what it will look at. A group of calls is loaded
 * with one query per table for all their needs together; what was not asked for is not there to be seen.
 */
import type { Instant } from '../rules/time.ts'

export type CustomerSelector = { id: string } | { customerId: string }

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
  /** All chains of a customer, with what they contained at any time. */
  | { kind: 'chainsOf'; selector: CustomerSelector }
  /** All chains on which something is due to be told by then, by a sandbox's own clock plus some seconds. */
  | { kind: 'due'; until: Instant | null; plusSeconds: number }
  /** How many orders and licences a customer has. */
  | { kind: 'counts'; selector: CustomerSelector }
  | { kind: 'edition'; code: string }
  | { kind: 'product'; code: string }
  | { kind: 'apiKey'; keyId: string }
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
  chainsOf: (selector: CustomerSelector): Need => ({ kind: 'chainsOf', selector }),
  dueUntil: (until: Instant): Need => ({ kind: 'due', until, plusSeconds: 0 }),
  dueWithin: (plusSeconds: number): Need => ({ kind: 'due', until: null, plusSeconds }),
  counts: (selector: CustomerSelector): Need => ({ kind: 'counts', selector }),
  product: (code: string): Need => ({ kind: 'product', code }),
  edition: (code: string): Need => ({ kind: 'edition', code }),
  apiKey: (keyId: string): Need => ({ kind: 'apiKey', keyId }),
  anyApiKey: (): Need => ({ kind: 'anyApiKey' }),
  nextPartner: (): Need => ({ kind: 'nextPartner' }),
}
