/**
 * The things that Tenure keeps, as the code holds them: the same members that the tables have, in camelCase,
 * instants as whole Unix seconds. Everything else about them is derived by `rules/` and shown by `answers/`.
 */
import type { EventType } from './events.ts'

/** Whole seconds since 1970-01-01T00:00:00Z. */
export type Instant = number

export type Duration = 'monthly' | 'yearly'

/** One bought interval. `endMonth` is how many months after `anchor` it ends. */
export interface Term {
  readonly anchor: Instant
  readonly endMonth: number
  readonly termStart: Instant
  readonly termEnd: Instant
}

/** The rules a chain lives under: the partner's, unless its edition says otherwise. Days. */
export interface Conditions {
  readonly windowDays: number
  readonly graceDays: number
  readonly renewable: boolean
}

/** One bought term of a chain. It never changes after it was written. */
export interface BoughtTerm extends Term {
  /** 1 for the first order's term, 2 for the first renewal's, and so on without gaps. */
  readonly position: number
  readonly licenses: number
  readonly duration: Duration
  readonly edition: string
  readonly editionVersion: number
  readonly createdAt: Instant
}

/** A time during which a chain was suspended, over by now. */
export interface Suspension {
  readonly suspendedAt: Instant
  readonly resumedAt: Instant
}

/** A change of quantity or edition: of the term then in force and of every later one already bought. */
export interface Change {
  readonly changedAt: Instant
  /** Positions of the first and the last term that the change is about. */
  readonly fromPosition: number
  readonly throughPosition: number
  readonly licenses: number | null
  readonly edition: string | null
  readonly editionVersion: number | null
}

/** What the rules need to know of a chain. Terms, suspensions and changes stand in order of time. */
export interface ChainFacts<T extends BoughtTerm = BoughtTerm> {
  readonly terms: readonly T[]
  /** Suspensions that are over; only needed to tell about the past. */
  readonly suspensions: readonly Suspension[]
  /** Since when the chain is suspended; null while it is not. */
  readonly suspendedAt: Instant | null
  readonly changes: readonly Change[]
  /** When the chain ends or ended by cancellation; null while nobody cancelled it. */
  readonly cancelAt: Instant | null
}

/** What a chain has told of its latest term, and of its cancellation. */
export interface Told {
  readonly renewalDueTold: boolean
  readonly expiryTold: boolean
  readonly cancellationTold: boolean
}

export type ScopeName = 'orders' | 'licenses' | 'read' | 'admin' | 'operator'
export type Metadata = Record<string, string | number | boolean>
export type ReferenceKind = 'contract' | 'order' | 'subscription' | 'product' | 'purchaseOrder'
export type References = { [kind in ReferenceKind]?: string | undefined }
export type Admin = {
  email?: string | undefined
  phone?: string | undefined
  displayName?: string | undefined
}
export type Address = {
  [part in 'line1' | 'line2' | 'postalCode' | 'city' | 'region' | 'country']?: string | undefined
}

/** The owner of everything else. Its row is the lock under which all its changes are made. */
export interface Partner {
  partnerId: number
  name: string
  isSandbox: boolean
  windowDays: number
  graceDays: number
  timeZone: string
  /** Where a sandbox's own clock stands; null for a live partner. */
  clockAt: Instant | null
  version: number
  createdAt: Instant
  /** Position of the last event in the feed. */
  lastSeq: number
  lastCustomerId: number
  lastOrderId: number
  /** Up to which change of the catalogue's rules the partner's chains have been looked at. */
  rulesVersion: number
  /** The last groups committed, newest first: how the outcome of a lost COMMIT is looked up. */
  recentGroups: string[]
}

export interface ApiKey {
  partnerId: number
  keyId: string
  name: string
  scopes: ScopeName[]
  secretHash: Uint8Array
  createdAt: Instant
  expiresAt: Instant | null
  revokedAt: Instant | null
}

export interface Customer {
  partnerId: number
  customerId: string
  /** The number that the wire calls `id`. */
  id: number
  /** The customer's present remote id; earlier ones stay resolvable. */
  remoteId: string
  kind: 'organization' | 'person'
  name: string
  isActive: boolean
  admin: Admin | null
  email: string | null
  phone: string | null
  address: Address | null
  tags: string[]
  metadata: Metadata
  timeZone: string | null
  version: number
  createdAt: Instant
  updatedAt: Instant
}

/** The request that created a thing, and the answer it got: how a repeat is recognised and answered. */
export interface Creation {
  /** Canonical text of the request; null when the id was taken in another way, as by a renaming. */
  request: string | null
  /** JSON text of the first answer. */
  reply: string | null
}

/** Every id a customer ever had. */
export interface CustomerRemoteId extends Creation {
  partnerId: number
  remoteId: string
  customerId: string
}

export interface Product {
  code: string
  name: string
  createdAt: Instant
}

/** An edition with the configuration of one of its versions. */
export interface Edition {
  code: string
  product: string
  name: string
  provisioningMode: 'named' | 'floating'
  clientType: 'devices' | 'users'
  windowDays: number | null
  graceDays: number | null
  renewable: boolean
  version: number
  createdAt: Instant
  features: string[]
  limitations: Record<string, number>
  variables: Record<string, string>
}

/** What an edition contained in one of its versions. */
export type EditionVersion = Pick<
  Edition,
  'code' | 'product' | 'version' | 'features' | 'limitations' | 'variables'
>

/** One bought term. The row never changes after it was written. */
export interface Order extends BoughtTerm {
  partnerId: number
  chainId: number
  orderId: number
  remoteId: string
  /** The end of the term that this one follows; null on a first order. */
  previousEnd: Instant | null
  duration: Duration
  references: References
  metadata: Metadata
}

export interface OrderSuspension extends Suspension {
  partnerId: number
  chainId: number
  number: number
  resumedAt: Instant
  reason: string | null
  suspendedBy: string
  resumedBy: string
}

export interface OrderChange extends Change {
  partnerId: number
  chainId: number
  number: number
  changedBy: string
}

/** What changes about a chain while its orders stay as they were bought. */
export interface ChainState extends Told {
  partnerId: number
  /** The id of its first order. */
  chainId: number
  customerId: string
  licenseId: string
  /** Start of the first term, end of the latest, its edition: kept beside the terms for lists and sweeps. */
  firstStart: Instant
  latestEnd: Instant
  edition: string
  suspendedAt: Instant | null
  suspensionReason: string | null
  suspendedBy: string | null
  cancelAt: Instant | null
  cancellationReason: string | null
  cancelledBy: string | null
  /** When something falls due next that is to be told; null when nothing will. */
  nextDueAt: Instant | null
  /** The instant of the last event about this chain, before which no further one may be dated. */
  settledAt: Instant
  version: number
}

/** A chain as a whole, with everything that is decided about it. */
export interface Chain extends Readonly<ChainState>, ChainFacts<Order> {
  readonly suspendedAt: Instant | null
  readonly cancelAt: Instant | null
  readonly suspensions: readonly OrderSuspension[]
  readonly changes: readonly OrderChange[]
  readonly customer: Customer
  readonly conditions: Conditions
}

/** What a licence of its own carries; all of it null on one that a chain drives. */
export interface LicenseContents {
  remoteId: string | null
  product: string | null
  edition: string | null
  editionVersion: number | null
  quantity: number | null
  validFrom: Instant | null
  /** Null on a perpetual licence. */
  validUntil: Instant | null
  /** Since when it is switched off (`isActive: false`). */
  suspendedAt: Instant | null
  suspendedBy: string | null
  /** When it was or will be revoked. */
  revokedAt: Instant | null
  revokedBy: string | null
}

/** A licence: of its own, or driven by a chain, from which everything about it follows. */
export interface License extends LicenseContents {
  partnerId: number
  licenseId: string
  customerId: string
  chainId: number | null
  references: References
  /** Null where the group is the edition's, as of the version named. */
  features: string[] | null
  limitations: Record<string, number> | null
  variables: Record<string, string> | null
  name: string | null
  description: string | null
  expiryTold: boolean
  revocationTold: boolean
  nextDueAt: Instant | null
  settledAt: Instant
  version: number
  createdAt: Instant
}

export interface LicenseSuspension {
  partnerId: number
  licenseId: string
  number: number
  suspendedAt: Instant
  resumedAt: Instant
  suspendedBy: string
  resumedBy: string
}

/** Who or what uses licences. */
export interface Consumer {
  partnerId: number
  consumerId: string
  customerId: string
  remoteId: string
  kind: 'person' | 'device'
  email: string | null
  displayName: string | null
  version: number
  createdAt: Instant
  updatedAt: Instant
}

/** That a consumer may use a customer's licences; open while `revokedAt` is null. */
export interface ConsumerAccess {
  partnerId: number
  consumerId: string
  customerId: string
  number: number
  grantedAt: Instant
  grantedBy: string
  revokedAt: Instant | null
  revokedBy: string | null
}

export type DisabledReason = 'gone' | 'failing' | 'switched_off'

/** Where a partner wants its events sent. */
export interface WebhookEndpoint {
  partnerId: number
  endpointId: string
  url: string
  /** Null: every type. */
  types: EventType[] | null
  /** `whsec_` and base64; null once the endpoint is deleted. */
  secret: string | null
  /** The secret before the last rotation, which signs beside the new one for a while. */
  previousSecret: string | null
  previousSecretUntil: Instant | null
  disabledAt: Instant | null
  disabledReason: DisabledReason | null
  deletedAt: Instant | null
  version: number
  createdAt: Instant
  updatedAt: Instant
}

/** How far an endpoint has come in the feed. */
export interface WebhookCursor {
  partnerId: number
  endpointId: string
  /** Position of the last event that was made into a job. */
  deliveredThrough: number
  /** Since when no attempt has succeeded; null while the last one did. */
  failingSince: Instant | null
}

/** What became of sending one event to one endpoint. */
export interface WebhookDelivery {
  partnerId: number
  seq: number
  endpointId: string
  deliveryId: string
  eventId: string
  type: EventType
  state: 'delivered' | 'pending' | 'failed'
  attempts: number
  attemptedAt: Instant
  nextAttemptAt: Instant | null
  /** HTTP status of the last answer, and the beginning of its body. */
  status: number | null
  answer: string | null
  /** Why there was no good answer, in a few words. */
  problem: string | null
}

/** A partner's wish to have one event, or all from a position on, sent once more. */
export interface WebhookRedelivery {
  partnerId: number
  redeliveryId: string
  endpointId: string
  seq: number | null
  sinceSeq: number | null
  requestedAt: Instant
}

export type Shop = 'stripe' | 'fastspring'

/** A shop of a partner that sends events. */
export interface ShopSource {
  partnerId: number
  /** Public: it stands in the address that the shop sends to. */
  sourceId: string
  name: string
  shop: Shop
  /** What the shop signs with; null once the source is deleted. */
  secret: string | null
  deletedAt: Instant | null
  version: number
  createdAt: Instant
  updatedAt: Instant
}

/** Which edition a shop sells under a name of its own. */
export interface ShopSku {
  partnerId: number
  sourceId: string
  sku: string
  /** Null once it is mapped no longer. */
  edition: string | null
  updatedAt: Instant
}

/** One request of a shop, as it came. */
export interface InboxReceipt {
  partnerId: number
  receiptId: string
  sourceId: string
  headers: Record<string, string>
  body: string
  receivedAt: Instant
}

export type InboxState = 'received' | 'applied' | 'parked' | 'ignored' | 'failed'

/** One event of a shop, and what became of it. */
export interface InboxItem {
  partnerId: number
  inboxId: string
  sourceId: string
  /** The shop's own id of the event, or a digest where that cannot be a key. */
  eventId: string
  /** Its place in the order of receipt, in the whole installation. */
  number: number
  type: string
  receiptId: string
  /** Its place in a body that carries several events; null where the body is the event. */
  position: number | null
  state: InboxState
  reason: string | null
  receivedAt: Instant
  version: number
}

/** A partner's wish to have one item, or all parked ones of a source, applied once more. */
export interface InboxReplay {
  partnerId: number
  replayId: string
  sourceId: string
  inboxId: string | null
  requestedAt: Instant
}

export type ShopObjectKind = 'account' | 'subscription' | 'order'

/** What is remembered of something that a shop has told about. */
export interface ShopObject {
  partnerId: number
  sourceId: string
  kind: ShopObjectKind
  objectId: string
  /** The shop's account whose subscription or order it is. */
  accountId: string | null
  customerId: string | null
  /** The shop's own time of the latest that was applied, in milliseconds, and the number of the item that told it. */
  toldAt: number | null
  toldBy: number | null
  isEnded: boolean
  /** Until when it is paid, and the shop's own time of the event that said so. */
  paidThrough: Instant | null
  paidToldAt: number | null
}

/** The licence that one item of a subscription or an order has become. */
export interface ShopLicense {
  partnerId: number
  sourceId: string
  kind: ShopObjectKind
  objectId: string
  itemId: string
  /** The name under which it was found to be mapped. */
  sku: string
  licenseId: string
}

export interface FeedEvent {
  partnerId: number
  seq: number
  eventId: string
  type: EventType
  at: Instant
  objectKind: string
  objectId: string
  objectVersion: number
  data: unknown
  /** Who caused it: an API key, a shop's source, or `time`. */
  actor: string
}
