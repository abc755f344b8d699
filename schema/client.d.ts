// What methods take and give, printed from the method files by `npm run print`. Do not edit.

export interface Admin {
  /** At most 254 characters. */
  email?: string | undefined
  /** At most 64 characters. */
  phone?: string | undefined
  /** At most 255 characters. */
  displayName?: string | undefined
}

export interface Address {
  /** At most 255 characters. */
  line1?: string | undefined
  /** At most 255 characters. */
  line2?: string | undefined
  /** At most 32 characters. */
  postalCode?: string | undefined
  /** At most 255 characters. */
  city?: string | undefined
  /** At most 255 characters. */
  region?: string | undefined
  country?: string | undefined
}

export interface CreatedCustomer {
  id: number | null
  partner: number
  remoteId: string | null
  name: string
  isActive: boolean
  createdAt: number | null
  admin?: {
    email: string
  } | undefined
}

export interface AdminPatch {
  email?: string | null | undefined
  phone?: string | null | undefined
  displayName?: string | null | undefined
}

export interface AddressPatch {
  line1?: string | null | undefined
  line2?: string | null | undefined
  postalCode?: string | null | undefined
  city?: string | null | undefined
  region?: string | null | undefined
  country?: string | null | undefined
}

export interface Customer {
  id: number | null
  customerId: string | null
  partner: number
  remoteId: string | null
  kind: "organization" | "person"
  name: string
  isActive: boolean
  admin: Admin | null
  email: string | null
  phone: string | null
  address: Address | null
  tags: string[]
  metadata: { [name: string]: string | number | boolean }
  timeZone: string | null
  version: number
  createdAt: number | null
  updatedAt: number | null
}

export interface References {
  /** At most 255 characters. */
  contract?: string | undefined
  /** At most 255 characters. */
  order?: string | undefined
  /** At most 255 characters. */
  subscription?: string | undefined
  /** At most 255 characters. */
  product?: string | undefined
  /** At most 255 characters. */
  purchaseOrder?: string | undefined
}

export interface Order {
  id: number | null
  partner: number
  remoteId: string
  parent: string | null
  customer: string
  product: string
  licenses: number
  duration: "monthly" | "yearly"
  termStart: number
  termEnd: number
  status: "scheduled" | "active" | "grace" | "expired" | "suspended" | "cancelled"
  renewableFrom: number
  licenseId: string | null
  createdAt: number | null
}

export interface ChangedOrder {
  id: number | null
  partner: number
  remoteId: string
  parent: string | null
  customer: string
  product: string
  licenses: number
  duration: "monthly" | "yearly"
  termStart: number
  termEnd: number
  status: "scheduled" | "active" | "grace" | "expired" | "suspended" | "cancelled"
  renewableFrom: number
  licenseId: string | null
  createdAt: number | null
  changed: boolean
}

export interface OwnOrder {
  id: number
  remoteId: string
  parent: string | null
  product: string
  licenses: number
  duration: "monthly" | "yearly"
  termStart: number
  termEnd: number
  references: References
  metadata: { [name: string]: string | number | boolean }
  createdAt: number
}

export interface License {
  licenseId: string | null
  remoteId: string | null
  customer: string
  customerId: string
  product: string
  edition: string
  editionVersion: number
  /** The first order of the chain that drives the licence. */
  order: string | null
  quantity: number
  validFrom: number
  validUntil: number | null
  state: "scheduled" | "active" | "grace" | "expired" | "suspended" | "revoked"
  isActive: boolean
  features: string[]
  limitations: { [name: string]: number }
  variables: { [name: string]: string }
  name: string | null
  description: string | null
  references: References
  version: number
  createdAt: number | null
}

export interface ReferencesPatch {
  contract?: string | null | undefined
  order?: string | null | undefined
  subscription?: string | null | undefined
  product?: string | null | undefined
  purchaseOrder?: string | null | undefined
}

export interface Consumer {
  consumerId: string | null
  partner: number
  remoteId: string | null
  customer: string
  customerId: string
  kind: "person" | "device"
  email: string | null
  displayName: string | null
  version: number
  createdAt: number | null
  updatedAt: number | null
}

export interface Access {
  consumer: string
  consumerId: string
  customer: string
  customerId: string
  changed: boolean
}

export interface ShopSource {
  sourceId: string
  name: string
  shop: "stripe" | "fastspring"
  /** Where the shop is to send its events, at the address of the service. */
  hookPath: string
  version: number
  createdAt: number
  updatedAt: number
}

export interface ShopSku {
  sourceId: string
  sku: string
  edition: string
}

export interface InboxItem {
  inboxId: string
  sourceId: string
  eventId: string
  type: string
  state: "received" | "applied" | "parked" | "ignored" | "failed"
  reason: string | null
  receivedAt: number
}

export interface Product {
  code: string
  name: string
  createdAt: number | null
}

export interface Edition {
  code: string
  product: string
  name: string
  provisioningMode: "named" | "floating"
  clientType: "devices" | "users"
  features: string[]
  limitations: { [name: string]: number }
  variables: { [name: string]: string }
  windowDays: number | null
  graceDays: number | null
  renewable: boolean
  version: number
  createdAt: number
}

export interface Event {
  seq: number
  id: string
  type: string
  at: number
  object: {
    kind: string
    id: string
    version: number
  }
  data: { [name: string]: unknown }
}

export interface WebhookDelivery {
  deliveryId: string
  endpointId: string
  seq: number
  eventId: string
  type: string
  state: "delivered" | "pending" | "failed"
  attempts: number
  attemptedAt: number
  nextAttemptAt: number | null
  status: number | null
  answer: string | null
  problem: string | null
}

export interface ApiKey {
  keyId: string | null
  partner: number
  name: string
  scopes: ("orders" | "licenses" | "read" | "admin" | "operator")[]
  createdAt: number | null
  expiresAt: number | null
  revokedAt: number | null
}

export interface Partner {
  partner: number | null
  name: string
  sandbox: boolean
  windowDays: number
  graceDays: number
  timeZone: string
  version: number
  createdAt: number | null
}

export interface Clock {
  now: number
  sandbox: boolean
}

export interface CreateCustomerParams {
  /** Your id of the customer. Left out, the UUID is the id. At most 255 characters. */
  id?: string | undefined
  /** The UUID of the customer; generated if left out. */
  customerId?: string | undefined
  /** At most 255 characters. */
  name: string
  /** `organization` unless said otherwise. */
  kind?: "organization" | "person" | undefined
  admin?: Admin | undefined
  /** At most 254 characters. */
  email?: string | undefined
  /** At most 64 characters. */
  phone?: string | undefined
  address?: Address | undefined
  /** At most 50. */
  tags?: string[] | undefined
  metadata?: { [name: string]: string | number | boolean } | undefined
  /** For information; dates are read in the time zone of the partner. At most 64 characters. */
  timeZone?: string | undefined
}

export interface UpdateCustomerParams {
  /** At most 255 characters. */
  id?: string | undefined
  customerId?: string | undefined
  /** At most 255 characters. */
  name?: string | undefined
  kind?: "organization" | "person" | undefined
  isActive?: boolean | undefined
  admin?: AdminPatch | null | undefined
  email?: string | null | undefined
  phone?: string | null | undefined
  address?: AddressPatch | null | undefined
  tags?: string[] | null | undefined
  metadata?: { [name: string]: string | number | boolean | null } | null | undefined
  timeZone?: string | null | undefined
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface RenameCustomerParams {
  /** At most 255 characters. */
  id?: string | undefined
  customerId?: string | undefined
  /** At most 255 characters. */
  newId: string
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface GetCustomerParams {
  /** At most 255 characters. */
  id?: string | undefined
  customerId?: string | undefined
}

export interface FindCustomersParams {
  /** At most 254 characters. */
  email: string
}

export interface ListCustomersParams {
  /** At most 255 characters. */
  search?: string | undefined
  /** At most 100 characters. */
  tag?: string | undefined
  isActive?: boolean | undefined
  /** Unix seconds, RFC 3339 text, or a date alone (YYYY-MM-DD, in the time zone of the partner). */
  updatedSince?: number | string | undefined
  /** At most 3,000 characters. */
  cursor?: string | undefined
  /** From 1 to 500. */
  limit?: number | undefined
}

export interface CreateFirstOrderParams {
  /** Your id of the customer. At most 255 characters. */
  customer?: string | undefined
  customerId?: string | undefined
  /** Your id of this order: the parent of all renewals. At most 255 characters. */
  id: string
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  product: string
  /** How many licences the term is bought for. From 1 to 10,000,000. */
  licenses: number
  duration: "monthly" | "yearly"
  /** Unix seconds, RFC 3339 text, or a date alone (YYYY-MM-DD, in the time zone of the partner). */
  startsAt?: number | string | undefined
  references?: References | undefined
  metadata?: { [name: string]: string | number | boolean } | undefined
}

export interface CreateRenewalOrderParams {
  /** Your id of the first order. At most 255 characters. */
  parent: string
  /** Your id of this renewal. At most 255 characters. */
  id: string
  /** How many licences the term is bought for. From 1 to 10,000,000. */
  licenses?: number | undefined
  duration?: "monthly" | "yearly" | undefined
  references?: References | undefined
}

export interface CancelOrderParams {
  /** Your id of the first order. At most 255 characters. */
  id: string
  /** `now` unless said otherwise. */
  at?: "now" | "termEnd" | undefined
  /** At most 1,000 characters. */
  reason?: string | undefined
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface UncancelOrderParams {
  /** At most 255 characters. */
  id: string
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface SuspendOrderParams {
  /** Your id of the first order. At most 255 characters. */
  id: string
  /** At most 1,000 characters. */
  reason?: string | undefined
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface ResumeOrderParams {
  /** Your id of the first order. At most 255 characters. */
  id: string
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface ChangeOrderParams {
  /** Your id of the first order. At most 255 characters. */
  id: string
  /** How many licences the term is bought for. From 1 to 10,000,000. */
  licenses?: number | undefined
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  product?: string | undefined
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface GetOrderParams {
  /** At most 255 characters. */
  id: string
}

export interface ListOrdersParams {
  /** At most 255 characters. */
  customer?: string | undefined
  customerId?: string | undefined
  status?: "scheduled" | "active" | "grace" | "expired" | "suspended" | "cancelled" | undefined
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  product?: string | undefined
  /** Unix seconds, RFC 3339 text, or a date alone (YYYY-MM-DD, in the time zone of the partner). */
  renewableBefore?: number | string | undefined
  /** At most 3,000 characters. */
  cursor?: string | undefined
  /** From 1 to 500. */
  limit?: number | undefined
}

export interface ListRenewalsDueParams {
  /** 0 unless said otherwise: open now. From 0 to 3,660. */
  withinDays?: number | undefined
  /** At most 3,000 characters. */
  cursor?: string | undefined
  /** From 1 to 500. */
  limit?: number | undefined
}

export interface CreateLicenseParams {
  /** At most 255 characters. */
  customer?: string | undefined
  customerId?: string | undefined
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  edition: string
  licenseId?: string | undefined
  /** At most 255 characters. */
  id?: string | undefined
  /** 1 unless said otherwise. From 1 to 10,000,000. */
  quantity?: number | undefined
  /** Now unless said otherwise. */
  validFrom?: number | string | undefined
  /** Unix seconds, RFC 3339 text, or a date alone (YYYY-MM-DD, in the time zone of the partner). */
  validUntil?: number | string | undefined
  /** At most 500. */
  features?: string[] | undefined
  limitations?: { [name: string]: number } | undefined
  variables?: { [name: string]: string } | undefined
  /** At most 255 characters. */
  name?: string | undefined
  /** At most 2,000 characters. */
  description?: string | undefined
  references?: References | undefined
  isActive?: boolean | undefined
}

export interface UpdateLicenseParams {
  licenseId?: string | undefined
  /** At most 255 characters. */
  id?: string | undefined
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  product?: string | undefined
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  edition?: string | undefined
  /** How many may use the licence. From 1 to 10,000,000. */
  quantity?: number | undefined
  /** Unix seconds, RFC 3339 text, or a date alone (YYYY-MM-DD, in the time zone of the partner). */
  validFrom?: number | string | undefined
  validUntil?: number | string | null | undefined
  features?: string[] | null | undefined
  limitations?: { [name: string]: number } | null | undefined
  variables?: { [name: string]: string } | null | undefined
  name?: string | null | undefined
  description?: string | null | undefined
  references?: ReferencesPatch | null | undefined
  isActive?: boolean | undefined
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface RevokeLicensesParams {
  /** At most 255 characters. */
  customer?: string | undefined
  customerId?: string | undefined
  /** At most 255 characters. */
  contract?: string | undefined
  /** At most 255 characters. */
  order?: string | undefined
  /** At most 255 characters. */
  subscription?: string | undefined
  /** At least 1. At most 1,000. */
  licenseIds?: string[] | undefined
  /** Not before now. Now unless said otherwise. */
  at?: number | string | undefined
}

export interface GetLicenseParams {
  licenseId?: string | undefined
  /** At most 255 characters. */
  id?: string | undefined
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  product?: string | undefined
}

export interface ListLicensesParams {
  /** At most 255 characters. */
  customer?: string | undefined
  customerId?: string | undefined
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  edition?: string | undefined
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  product?: string | undefined
  /** At most 255 characters. */
  contract?: string | undefined
  /** At most 255 characters. */
  order?: string | undefined
  /** At most 255 characters. */
  subscription?: string | undefined
  /** At most 255 characters. */
  productReference?: string | undefined
  /** At most 255 characters. */
  purchaseOrder?: string | undefined
  state?: "scheduled" | "active" | "grace" | "expired" | "suspended" | "revoked" | undefined
  /** At most 3,000 characters. */
  cursor?: string | undefined
  /** From 1 to 500. */
  limit?: number | undefined
}

export interface CheckEntitlementParams {
  /** At most 255 characters. */
  customer?: string | undefined
  customerId?: string | undefined
  /** At most 255 characters. */
  consumer?: string | undefined
  consumerId?: string | undefined
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  edition?: string | undefined
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  product?: string | undefined
  /** At most 255 characters. */
  feature?: string | undefined
  /** Unix seconds, RFC 3339 text, or a date alone (YYYY-MM-DD, in the time zone of the partner). */
  at?: number | string | undefined
}

export interface CreateConsumerParams {
  /** At most 255 characters. */
  customer?: string | undefined
  customerId?: string | undefined
  consumerId?: string | undefined
  /** At most 255 characters. */
  id?: string | undefined
  /** At most 254 characters. */
  email?: string | undefined
  /** At most 255 characters. */
  displayName?: string | undefined
  /** `person` unless said otherwise. */
  kind?: "person" | "device" | undefined
}

export interface UpdateConsumerParams {
  consumerId?: string | undefined
  /** At most 255 characters. */
  id?: string | undefined
  email?: string | null | undefined
  displayName?: string | null | undefined
  kind?: "person" | "device" | undefined
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface GetConsumerParams {
  consumerId?: string | undefined
  /** At most 255 characters. */
  id?: string | undefined
  /** At most 254 characters. */
  email?: string | undefined
}

export interface ListConsumersParams {
  /** At most 255 characters. */
  customer?: string | undefined
  customerId?: string | undefined
  /** At most 255 characters. */
  search?: string | undefined
  /** At most 3,000 characters. */
  cursor?: string | undefined
  /** From 1 to 500. */
  limit?: number | undefined
}

export interface GrantAccessParams {
  /** At most 255 characters. */
  customer?: string | undefined
  customerId?: string | undefined
  /** At most 255 characters. */
  consumer?: string | undefined
  consumerId?: string | undefined
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface RevokeAccessParams {
  /** At most 255 characters. */
  customer?: string | undefined
  customerId?: string | undefined
  /** At most 255 characters. */
  consumer?: string | undefined
  consumerId?: string | undefined
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface CreateSourceParams {
  /** At most 255 characters. */
  name: string
  shop: "stripe" | "fastspring"
  /**
   * The signing secret as the shop shows it: Stripe's `whsec_…`, FastSpring's HMAC secret.
   *
   * At most 255 characters.
   */
  secret: string
}

export interface UpdateSourceParams {
  sourceId: string
  /** At most 255 characters. */
  name?: string | undefined
  /**
   * The signing secret as the shop shows it: Stripe's `whsec_…`, FastSpring's HMAC secret.
   *
   * At most 255 characters.
   */
  secret?: string | undefined
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface ListSourcesParams {
  /** At most 3,000 characters. */
  cursor?: string | undefined
  /** From 1 to 500. */
  limit?: number | undefined
}

export interface DeleteSourceParams {
  sourceId: string
}

export interface MapSkuParams {
  sourceId: string
  /** At most 255 characters. */
  sku: string
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  edition: string
}

export interface ListSkusParams {
  sourceId?: string | undefined
  /** At most 3,000 characters. */
  cursor?: string | undefined
  /** From 1 to 500. */
  limit?: number | undefined
}

export interface UnmapSkuParams {
  sourceId: string
  /** At most 255 characters. */
  sku: string
}

export interface ListInboxParams {
  sourceId?: string | undefined
  state?: "received" | "applied" | "parked" | "ignored" | "failed" | undefined
  /** At most 3,000 characters. */
  cursor?: string | undefined
  /** From 1 to 500. */
  limit?: number | undefined
}

export interface ReplayInboxParams {
  inboxId?: string | undefined
  sourceId?: string | undefined
}

export interface PreviewParams {
  method: "createCustomer" | "updateCustomer" | "renameCustomer" | "createFirstOrder" | "createRenewalOrder" | "cancelOrder" | "uncancelOrder" | "suspendOrder" | "resumeOrder" | "changeOrder" | "createLicense" | "updateLicense" | "revokeLicenses" | "createConsumer" | "updateConsumer" | "grantAccess" | "revokeAccess"
  params?: { [name: string]: unknown } | undefined
  /** Not before now. */
  at?: number | string | undefined
}

export interface ReconcileParams {
  kind: "customers" | "orders" | "licenses"
  /** At most 10,000. */
  rows: {
    /** The remote id; for a licence its UUID may stand instead. At most 255 characters. */
    id: string
  }[]
  /** The rows are all that there are on your side. */
  complete?: boolean | undefined
  /** At most 3,000 characters. */
  cursor?: string | undefined
}

export interface CreateProductParams {
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  code: string
  /** At most 255 characters. */
  name: string
}

export interface CreateEditionParams {
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  code: string
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  product: string
  /** At most 255 characters. */
  name: string
  /** `named` unless said otherwise. */
  provisioningMode?: "named" | "floating" | undefined
  /** `users` unless said otherwise. */
  clientType?: "devices" | "users" | undefined
  /** At most 500. */
  features?: string[] | undefined
  limitations?: { [name: string]: number } | undefined
  variables?: { [name: string]: string } | undefined
  /** From 0 to 27. */
  windowDays?: number | undefined
  /** From 0 to 27. */
  graceDays?: number | undefined
  renewable?: boolean | undefined
}

export interface UpdateEditionParams {
  /** The code of an edition, such as `oo-lite`. At most 100 characters. */
  code: string
  /** At most 255 characters. */
  name?: string | undefined
  features?: string[] | null | undefined
  limitations?: { [name: string]: number } | null | undefined
  variables?: { [name: string]: string } | null | undefined
  windowDays?: number | null | undefined
  graceDays?: number | null | undefined
  renewable?: boolean | undefined
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface ListEditionsParams {
  /** At most 100 characters. */
  product?: string | undefined
}

export interface ListEventsParams {
  /** Unsaid: from the earliest event that is kept. At least 0. */
  after?: number | undefined
  /** Only events of these types; unsaid, all of them. At least 1. At most 100. */
  types?: ("customer.created" | "customer.updated" | "customer.renamed" | "order.created" | "order.renewed" | "order.changed" | "order.suspended" | "order.resumed" | "order.cancellation_scheduled" | "order.uncancelled" | "order.cancelled" | "order.renewal_due" | "order.expired" | "license.created" | "license.updated" | "license.revoked" | "license.expired" | "consumer.created" | "consumer.updated" | "access.granted" | "access.revoked" | "inbox.parked" | "endpoint.disabled")[] | undefined
  /** From 1 to 500. */
  limit?: number | undefined
  /** How long to wait for an event where there is none; 0 unless said otherwise. From 0 to 25. */
  waitSeconds?: number | undefined
}

export interface CreateWebhookEndpointParams {
  /**
   * An https address on a public network, port 443 or 8443, without user name or password.
   *
   * At most 2,000 characters.
   */
  url: string
  /** Only events of these types; unsaid, all of them. At least 1. At most 100. */
  types?: ("customer.created" | "customer.updated" | "customer.renamed" | "order.created" | "order.renewed" | "order.changed" | "order.suspended" | "order.resumed" | "order.cancellation_scheduled" | "order.uncancelled" | "order.cancelled" | "order.renewal_due" | "order.expired" | "license.created" | "license.updated" | "license.revoked" | "license.expired" | "consumer.created" | "consumer.updated" | "access.granted" | "access.revoked" | "inbox.parked" | "endpoint.disabled")[] | undefined
}

export interface UpdateWebhookEndpointParams {
  endpointId: string
  /**
   * An https address on a public network, port 443 or 8443, without user name or password.
   *
   * At most 2,000 characters.
   */
  url?: string | undefined
  types?: ("customer.created" | "customer.updated" | "customer.renamed" | "order.created" | "order.renewed" | "order.changed" | "order.suspended" | "order.resumed" | "order.cancellation_scheduled" | "order.uncancelled" | "order.cancelled" | "order.renewal_due" | "order.expired" | "license.created" | "license.updated" | "license.revoked" | "license.expired" | "consumer.created" | "consumer.updated" | "access.granted" | "access.revoked" | "inbox.parked" | "endpoint.disabled")[] | null | undefined
  isActive?: boolean | undefined
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface ListWebhookEndpointsParams {
  /** At most 3,000 characters. */
  cursor?: string | undefined
  /** From 1 to 500. */
  limit?: number | undefined
}

export interface DeleteWebhookEndpointParams {
  endpointId: string
}

export interface RotateWebhookSecretParams {
  endpointId: string
}

export interface ListDeliveriesParams {
  endpointId?: string | undefined
  state?: "delivered" | "pending" | "failed" | undefined
  /** At most 3,000 characters. */
  cursor?: string | undefined
  /** From 1 to 500. */
  limit?: number | undefined
}

export interface RedeliverParams {
  deliveryId?: string | undefined
  endpointId?: string | undefined
  /** At least 1. */
  sinceSeq?: number | undefined
}

export interface CreateApiKeyParams {
  /** At most 255 characters. */
  name: string
  /** At least 1. At most 5. */
  scopes: ("orders" | "licenses" | "read" | "admin" | "operator")[]
  /** Unix seconds, RFC 3339 text, or a date alone (YYYY-MM-DD, in the time zone of the partner). */
  expiresAt?: number | string | undefined
}

export interface ListApiKeysParams {
  /** At most 3,000 characters. */
  cursor?: string | undefined
  /** From 1 to 500. */
  limit?: number | undefined
}

export interface RevokeApiKeyParams {
  /** At most 64 characters. */
  keyId: string
}

export interface CreatePartnerParams {
  /** At most 255 characters. */
  name: string
  sandbox?: boolean | undefined
  /** 15 unless said otherwise. From 0 to 27. */
  windowDays?: number | undefined
  /** 0 unless said otherwise. From 0 to 27. */
  graceDays?: number | undefined
  /** UTC unless said otherwise; dates without a time are read in it. At most 64 characters. */
  timeZone?: string | undefined
}

export interface UpdatePartnerParams {
  /** From 0 to 2,147,483,647. */
  partner: number
  /** At most 255 characters. */
  name?: string | undefined
  /** From 0 to 27. */
  windowDays?: number | undefined
  /** From 0 to 27. */
  graceDays?: number | undefined
  /** At most 64 characters. */
  timeZone?: string | undefined
  /** At least 1. */
  ifVersion?: number | undefined
}

export interface ListPartnersParams {
  /** At most 3,000 characters. */
  cursor?: string | undefined
  /** From 1 to 500. */
  limit?: number | undefined
}

export interface SetClockParams {
  /** Unix seconds, RFC 3339 text, or a date alone (YYYY-MM-DD, in the time zone of the partner). */
  at: number | string
}

export interface AdvanceClockParams {
  /** From 0 to 18,300. */
  days?: number | undefined
  /** From 0 to 1,581,120,000. */
  seconds?: number | undefined
}

export interface Methods {
  /**
   * Create a customer under your own id, before it buys for the first time.
   *
   * Your id comes back as `remoteId`; `id` is our number for the customer and can be ignored. No e-mail is sent to anybody. Sending the same call again answers the first answer again and changes nothing.
   *
   * Needs a key with the scope orders or licenses.
   *
   * Refuses with:
   * - `customer_exists`: This customer id is already taken by a different request.
   */
  createCustomer: {
    params: CreateCustomerParams
    result: CreatedCustomer
    reason: "customer_exists"
  }
  /**
   * Change what is known about a customer.
   *
   * A PATCH: members that are left out stay as they are, null clears. `admin`, `address` and `metadata` are patched member by member in the same way; `tags` are replaced. `isActive: false` stops new orders and licences for the customer. Nothing is announced when nothing changes.
   *
   * Needs a key with the scope orders or licenses.
   *
   * Refuses with:
   * - `customer_unknown`: There is no customer with this id.
   * - `version_conflict`: The object has changed since the version you named.
   */
  updateCustomer: {
    params: UpdateCustomerParams
    result: Customer
    reason: "customer_unknown" | "version_conflict"
  }
  /**
   * Give a customer a new id of yours.
   *
   * Every id the customer ever had keeps naming it, so calls that still use an old one go on working.
   *
   * Needs a key with the scope orders or licenses.
   *
   * Refuses with:
   * - `customer_unknown`: There is no customer with this id.
   * - `customer_exists`: This customer id is already taken by a different request.
   * - `version_conflict`: The object has changed since the version you named.
   */
  renameCustomer: {
    params: RenameCustomerParams
    result: Customer
    reason: "customer_unknown" | "customer_exists" | "version_conflict"
  }
  /**
   * Get everything known about a customer.
   *
   * Needs a key with the scope read.
   *
   * Refuses with:
   * - `customer_unknown`: There is no customer with this id.
   */
  getCustomer: {
    params: GetCustomerParams
    result: {
      id: number | null
      customerId: string | null
      partner: number
      remoteId: string | null
      kind: "organization" | "person"
      name: string
      isActive: boolean
      admin: Admin | null
      email: string | null
      phone: string | null
      address: Address | null
      tags: string[]
      metadata: { [name: string]: string | number | boolean }
      timeZone: string | null
      version: number
      createdAt: number | null
      updatedAt: number | null
      counts: {
        /** First orders and renewals, each counted singly. */
        orders: number
        licenses: number
      }
      links: {
        customer: string
        licenses: string
      }
    }
    reason: "customer_unknown"
  }
  /**
   * Find customers by e-mail address, their own or their administrator’s, in any case.
   *
   * Oldest first, at most 500.
   *
   * Needs a key with the scope read.
   */
  findCustomers: {
    params: FindCustomersParams
    result: {
      items: Customer[]
    }
    reason: never
  }
  /**
   * List customers, oldest first.
   *
   * `search` looks for a part of the id, the name or the e-mail address, in any case.
   *
   * Needs a key with the scope read.
   */
  listCustomers: {
    params: ListCustomersParams
    result: {
      items: Customer[]
      next: string | null
    }
    reason: never
  }
  /**
   * Begin an order chain: the customer buys a product for its first term.
   *
   * `id` is the order in your tables; as the parent order it names the chain in all later calls. The term starts now unless `startsAt` says otherwise. What was already past at that moment is not announced.
   *
   * Needs a key with the scope orders.
   *
   * Refuses with:
   * - `order_exists`: This order id is already taken by a different request.
   * - `customer_unknown`: There is no customer with this id.
   * - `customer_inactive`: The customer is deactivated, so nothing new can be sold to it.
   * - `edition_unknown`: There is no edition with this code.
   */
  createFirstOrder: {
    params: CreateFirstOrderParams
    result: Order
    reason: "order_exists" | "customer_unknown" | "customer_inactive" | "edition_unknown"
  }
  /**
   * Buy the next term of a chain.
   *
   * `parent` is the first order and stays the same for all renewals; `id` is new each time. Renewals are taken from 15 days before the end of the latest term, unless the partner or the edition says otherwise. An unexpired term is followed without a gap; after expiry (and its grace) the new term starts now. Left out, `licenses` and `duration` stay as they are.
   *
   * Needs a key with the scope orders.
   *
   * Refuses with:
   * - `order_exists`: This order id is already taken by a different request.
   * - `order_unknown`: There is no order with this id.
   * - `order_not_first`: This is the id of a renewal; the id of the first order belongs here.
   * - `order_cancelled`: The order is cancelled.
   * - `order_ending`: The order is cancelled at the end of its term; withdraw that with uncancelOrder before renewing.
   * - `order_suspended`: The order is suspended; resume it first with resumeOrder.
   * - `customer_inactive`: The customer is deactivated, so nothing new can be sold to it.
   * - `not_renewable`: Orders of this edition cannot be renewed.
   * - `renewal_too_early`: More of the current term is left than the renewal window allows.
   */
  createRenewalOrder: {
    params: CreateRenewalOrderParams
    result: Order
    reason: "order_exists" | "order_unknown" | "order_not_first" | "order_cancelled" | "order_ending" | "order_suspended" | "customer_inactive" | "not_renewable" | "renewal_too_early"
  }
  /**
   * End an order chain, at once or at the end of its latest term.
   *
   * Ending now also brings forward an end that was set for later. A chain that is over already, or already ends when asked, answers `changed: false`. A cancelled chain is never renewed.
   *
   * Needs a key with the scope orders.
   *
   * Refuses with:
   * - `order_unknown`: There is no order with this id.
   * - `order_not_first`: This is the id of a renewal; the id of the first order belongs here.
   * - `version_conflict`: The object has changed since the version you named.
   */
  cancelOrder: {
    params: CancelOrderParams
    result: ChangedOrder
    reason: "order_unknown" | "order_not_first" | "version_conflict"
  }
  /**
   * Withdraw a cancellation whose end is still ahead.
   *
   * A chain that is not going to end answers `changed: false`.
   *
   * Needs a key with the scope orders.
   *
   * Refuses with:
   * - `order_unknown`: There is no order with this id.
   * - `order_not_first`: This is the id of a renewal; the id of the first order belongs here.
   * - `order_cancelled`: The order is cancelled.
   * - `version_conflict`: The object has changed since the version you named.
   */
  uncancelOrder: {
    params: UncancelOrderParams
    result: ChangedOrder
    reason: "order_unknown" | "order_not_first" | "order_cancelled" | "version_conflict"
  }
  /**
   * Suspend an order chain until it is resumed.
   *
   * The term goes on running out while the chain is suspended, and a suspended chain cannot be renewed. One that is suspended already answers `changed: false`.
   *
   * Needs a key with the scope orders.
   *
   * Refuses with:
   * - `order_unknown`: There is no order with this id.
   * - `order_not_first`: This is the id of a renewal; the id of the first order belongs here.
   * - `order_cancelled`: The order is cancelled.
   * - `version_conflict`: The object has changed since the version you named.
   */
  suspendOrder: {
    params: SuspendOrderParams
    result: ChangedOrder
    reason: "order_unknown" | "order_not_first" | "order_cancelled" | "version_conflict"
  }
  /**
   * Resume a suspended order chain.
   *
   * The suspension is kept as an interval, so that the past can be told. A chain that is not suspended answers `changed: false`.
   *
   * Needs a key with the scope orders.
   *
   * Refuses with:
   * - `order_unknown`: There is no order with this id.
   * - `order_not_first`: This is the id of a renewal; the id of the first order belongs here.
   * - `order_cancelled`: The order is cancelled.
   * - `version_conflict`: The object has changed since the version you named.
   */
  resumeOrder: {
    params: ResumeOrderParams
    result: ChangedOrder
    reason: "order_unknown" | "order_not_first" | "order_cancelled" | "version_conflict"
  }
  /**
   * Change the quantity or the edition of an order chain from now on.
   *
   * The change counts for the term in force and every later one already bought, and renewals start from it. A change to what is so already answers `changed: false`. Another edition takes the place of the features, limitations and variables that the licence had of its own.
   *
   * Needs a key with the scope orders.
   *
   * Refuses with:
   * - `order_unknown`: There is no order with this id.
   * - `order_not_first`: This is the id of a renewal; the id of the first order belongs here.
   * - `order_cancelled`: The order is cancelled.
   * - `edition_unknown`: There is no edition with this code.
   * - `version_conflict`: The object has changed since the version you named.
   */
  changeOrder: {
    params: ChangeOrderParams
    result: ChangedOrder
    reason: "order_unknown" | "order_not_first" | "order_cancelled" | "edition_unknown" | "version_conflict"
  }
  /**
   * Get an order chain as it stands, by the id of any of its orders.
   *
   * Needs a key with the scope read.
   *
   * Refuses with:
   * - `order_unknown`: There is no order with this id.
   */
  getOrder: {
    params: GetOrderParams
    result: {
      id: number | null
      partner: number
      remoteId: string
      parent: string | null
      customer: string
      product: string
      licenses: number
      duration: "monthly" | "yearly"
      termStart: number
      termEnd: number
      status: "scheduled" | "active" | "grace" | "expired" | "suspended" | "cancelled"
      renewableFrom: number
      licenseId: string | null
      createdAt: number | null
      /** When the chain ends or ended by cancellation. */
      cancelAt: number | null
      suspendedAt: number | null
      /** Every order of the chain, the first one first. */
      orders: OwnOrder[]
    }
    reason: "order_unknown"
  }
  /**
   * List order chains, oldest first.
   *
   * Each chain is told once, by its first order with the term in force. `renewableBefore` finds what opens for renewal before then.
   *
   * Needs a key with the scope read.
   */
  listOrders: {
    params: ListOrdersParams
    result: {
      items: Order[]
      next: string | null
    }
    reason: never
  }
  /**
   * List the order chains whose renewal window is open, or opens within so many days.
   *
   * First what ends first. Chains that are cancelled, ending, suspended, expired or not renewable are left out, and so are those of deactivated customers.
   *
   * Needs a key with the scope read.
   */
  listRenewalsDue: {
    params: ListRenewalsDueParams
    result: {
      items: Order[]
      next: string | null
    }
    reason: never
  }
  /**
   * Create a licence of a customer, by edition or by details.
   *
   * Without features, limitations and variables the licence takes the edition's configuration as it is now, and keeps it; a group that is given replaces that group of the edition. Without `validUntil` it is perpetual, or open until it is revoked; a date alone means through that day. `licenseId` may be the UUID of your contract or subscription; `id` is your own key, unique per product. One that is created with `isActive: false` was never on.
   *
   * Needs a key with the scope licenses.
   *
   * Refuses with:
   * - `license_exists`: This licence id is already taken by a different request.
   * - `customer_unknown`: There is no customer with this id.
   * - `customer_inactive`: The customer is deactivated, so nothing new can be sold to it.
   * - `edition_unknown`: There is no edition with this code.
   */
  createLicense: {
    params: CreateLicenseParams
    result: License
    reason: "license_exists" | "customer_unknown" | "customer_inactive" | "edition_unknown"
  }
  /**
   * Change a licence.
   *
   * A PATCH: members that are left out stay as they are, null clears: `validUntil: null` makes the licence perpetual, a group that is null becomes the edition's again. `references` are patched member by member. Another `edition` must be of the same product, provisioning mode and client type; it replaces the three groups except those given in the call, and naming the same edition again takes its present configuration.
   *
   * Needs a key with the scope licenses.
   *
   * Refuses with:
   * - `license_unknown`: There is no licence with this id.
   * - `license_governed_by_order`: What this licence carries and how long it is valid follows from its order; change the order instead.
   * - `license_revoked`: The licence is revoked.
   * - `edition_unknown`: There is no edition with this code.
   * - `edition_incompatible`: A licence can only move to an edition of the same product, provisioning mode and client type.
   * - `version_conflict`: The object has changed since the version you named.
   */
  updateLicense: {
    params: UpdateLicenseParams
    result: License
    reason: "license_unknown" | "license_governed_by_order" | "license_revoked" | "edition_unknown" | "edition_incompatible" | "version_conflict"
  }
  /**
   * Revoke licences of a customer by contract, order, subscription or their ids, now or at a moment.
   *
   * `order` matches the reference `order` of licences and the id of any order of a chain. The licence of a chain is revoked by cancelling the chain, which needs the scope `orders` too. Revoking again brings an end that was set for later forward and never puts it off. The answer names every licence that matched, also those revoked before, so that the same call answers the same again.
   *
   * Needs a key with the scope licenses.
   *
   * Refuses with:
   * - `customer_unknown`: There is no customer with this id.
   * - `license_unknown`: There is no licence with this id.
   */
  revokeLicenses: {
    params: RevokeLicensesParams
    result: {
      revoked: string[]
    }
    reason: "customer_unknown" | "license_unknown"
  }
  /**
   * Get a licence, by its UUID or by your own id and the product.
   *
   * Needs a key with the scope read.
   *
   * Refuses with:
   * - `license_unknown`: There is no licence with this id.
   */
  getLicense: {
    params: GetLicenseParams
    result: License
    reason: "license_unknown"
  }
  /**
   * List licences, those that chains drive included.
   *
   * `contract`, `order`, `subscription`, `productReference` and `purchaseOrder` find licences by document numbers.
   *
   * Needs a key with the scope read.
   */
  listLicenses: {
    params: ListLicensesParams
    result: {
      items: License[]
      next: string | null
    }
    reason: never
  }
  /**
   * Tell whether a customer or a consumer is entitled to an edition or a product, now or at a moment, and why.
   *
   * `at` may lie in the past: suspensions and terms are kept as intervals. `because` tells the story in sentences. Quantities of all licences that entitle add up; of two limits the larger holds; `validUntil` is when the last of them can no longer be used, grace included, and null for one without an end. A consumer may use the licences of every customer that has granted access. A customer that is deactivated is entitled to nothing, whatever the moment.
   *
   * Needs a key with the scope read.
   *
   * Refuses with:
   * - `customer_unknown`: There is no customer with this id.
   * - `consumer_unknown`: There is no consumer with this id.
   * - `edition_unknown`: There is no edition with this code.
   * - `product_unknown`: There is no product with this code.
   */
  checkEntitlement: {
    params: CheckEntitlementParams
    result: {
      entitled: boolean
      /** `entitled` or `grace`, or what stands against it. */
      reason: "entitled" | "grace" | "no_license" | "feature_missing" | "customer_inactive" | "suspended" | "expired" | "scheduled" | "revoked"
      validUntil: number | null
      quantity: number
      features: string[]
      limitations: { [name: string]: number }
      variables: { [name: string]: string }
      because: string[]
    }
    reason: "customer_unknown" | "consumer_unknown" | "edition_unknown" | "product_unknown"
  }
  /**
   * Create a consumer of a customer: a person or a device that uses licences.
   *
   * The id and the e-mail address are unique per partner; without an id the UUID is the id, and a repeat is recognised by the e-mail address for as long as the consumer has it. A consumer may use licences once it was given access with grantAccess.
   *
   * Needs a key with the scope licenses.
   *
   * Refuses with:
   * - `consumer_exists`: This consumer id or e-mail address is already taken by a different request.
   * - `customer_unknown`: There is no customer with this id.
   * - `customer_inactive`: The customer is deactivated, so nothing new can be sold to it.
   */
  createConsumer: {
    params: CreateConsumerParams
    result: Consumer
    reason: "consumer_exists" | "customer_unknown" | "customer_inactive"
  }
  /**
   * Change what is known about a consumer.
   *
   * A PATCH: members that are left out stay as they are, null clears.
   *
   * Needs a key with the scope licenses.
   *
   * Refuses with:
   * - `consumer_unknown`: There is no consumer with this id.
   * - `consumer_exists`: This consumer id or e-mail address is already taken by a different request.
   * - `version_conflict`: The object has changed since the version you named.
   */
  updateConsumer: {
    params: UpdateConsumerParams
    result: Consumer
    reason: "consumer_unknown" | "consumer_exists" | "version_conflict"
  }
  /**
   * Get a consumer by its UUID, your own id or its e-mail address.
   *
   * Needs a key with the scope read.
   *
   * Refuses with:
   * - `consumer_unknown`: There is no consumer with this id.
   */
  getConsumer: {
    params: GetConsumerParams
    result: {
      consumerId: string | null
      partner: number
      remoteId: string | null
      customer: string
      customerId: string
      kind: "person" | "device"
      email: string | null
      displayName: string | null
      version: number
      createdAt: number | null
      updatedAt: number | null
      /** The customers whose licences the consumer may use. */
      access: {
        customer: string
        customerId: string
        grantedAt: number
      }[]
    }
    reason: "consumer_unknown"
  }
  /**
   * List consumers, of one customer or of all.
   *
   * `search` looks for a part of the id, the name or the e-mail address, in any case.
   *
   * Needs a key with the scope read.
   */
  listConsumers: {
    params: ListConsumersParams
    result: {
      items: Consumer[]
      next: string | null
    }
    reason: never
  }
  /**
   * Let a consumer use the licences of a customer.
   *
   * All licences of the customer, present and future. Access that is granted already answers `changed: false`.
   *
   * Needs a key with the scope licenses.
   *
   * Refuses with:
   * - `customer_unknown`: There is no customer with this id.
   * - `consumer_unknown`: There is no consumer with this id.
   * - `customer_inactive`: The customer is deactivated, so nothing new can be sold to it.
   * - `version_conflict`: The object has changed since the version you named.
   */
  grantAccess: {
    params: GrantAccessParams
    result: Access
    reason: "customer_unknown" | "consumer_unknown" | "customer_inactive" | "version_conflict"
  }
  /**
   * Stop a consumer from using the licences of a customer.
   *
   * Access that is not granted answers `changed: false`. The past stays known.
   *
   * Needs a key with the scope licenses.
   *
   * Refuses with:
   * - `customer_unknown`: There is no customer with this id.
   * - `consumer_unknown`: There is no consumer with this id.
   * - `version_conflict`: The object has changed since the version you named.
   */
  revokeAccess: {
    params: RevokeAccessParams
    result: Access
    reason: "customer_unknown" | "consumer_unknown" | "version_conflict"
  }
  /**
   * Let the events of a shop in: what it sells becomes customers and licences.
   *
   * Have the shop send its events to `hookPath` at the address of the service, and give the secret that it signs them with; the secret is never shown again. A source takes live events, that of a sandbox partner test events; those of the other mode are ignored. Sources have no id of yours: to make the call safe to send again, send it with the header `idempotency-key`.
   *
   * Needs a key with the scope admin.
   */
  createSource: {
    params: CreateSourceParams
    result: ShopSource
    reason: never
  }
  /**
   * Change a shop source; what is not named stays as it is.
   *
   * A new `secret` counts at once: what the shop still signs with the old one is turned away, and sent again by the shop. Stripe signs with both secrets for a while after one is rolled, so nothing is turned away there.
   *
   * Needs a key with the scope admin.
   *
   * Refuses with:
   * - `source_unknown`: There is no shop source with this id.
   * - `version_conflict`: The object has changed since the version you named.
   */
  updateSource: {
    params: UpdateSourceParams
    result: {
      sourceId: string
      name: string
      shop: "stripe" | "fastspring"
      /** Where the shop is to send its events, at the address of the service. */
      hookPath: string
      version: number
      createdAt: number
      updatedAt: number
      changed: boolean
    }
    reason: "source_unknown" | "version_conflict"
  }
  /** List the shop sources of your partner; never their secrets. Needs a key with the scope admin. */
  listSources: {
    params: ListSourcesParams
    result: {
      items: ShopSource[]
      next: string | null
    }
    reason: never
  }
  /**
   * Delete a shop source.
   *
   * What the shop sends from then on is turned away, and what had arrived but was not yet applied is ignored. Customers and licences stay. One that is deleted already answers `changed: false`.
   *
   * Needs a key with the scope admin.
   *
   * Refuses with:
   * - `source_unknown`: There is no shop source with this id.
   */
  deleteSource: {
    params: DeleteSourceParams
    result: {
      sourceId: string
      changed: boolean
    }
    reason: "source_unknown"
  }
  /**
   * Say which edition a shop sells under one of its names.
   *
   * At Stripe the name is the id of a price, its lookup key or the id of a product, and the most particular that is mapped counts; at FastSpring it is the path of a product or its SKU. Licences that were sold under the name before stay as they are. What was parked because the name was not mapped is applied with replayInbox.
   *
   * Needs a key with the scope admin.
   *
   * Refuses with:
   * - `source_unknown`: There is no shop source with this id.
   * - `edition_unknown`: There is no edition with this code.
   */
  mapSku: {
    params: MapSkuParams
    result: {
      sourceId: string
      sku: string
      edition: string
      changed: boolean
    }
    reason: "source_unknown" | "edition_unknown"
  }
  /** List which names of shops are mapped to which editions. Needs a key with the scope admin. */
  listSkus: {
    params: ListSkusParams
    result: {
      items: ShopSku[]
      next: string | null
    }
    reason: never
  }
  /**
   * Stop mapping a name of a shop to an edition.
   *
   * New sales under the name are parked from then on; licences sold before stay, and follow their subscriptions. One that is not mapped any more answers `changed: false`.
   *
   * Needs a key with the scope admin.
   *
   * Refuses with:
   * - `source_unknown`: There is no shop source with this id.
   * - `sku_unknown`: This name of a shop has never been mapped to an edition.
   */
  unmapSku: {
    params: UnmapSkuParams
    result: {
      sourceId: string
      sku: string
      changed: boolean
    }
    reason: "source_unknown" | "sku_unknown"
  }
  /**
   * List the events that shops have sent and what became of them, the latest first.
   *
   * `received` is about to be applied, `applied` is done. `parked` waits for a person: `reason` says why, and after that is mended replayInbox applies it. `ignored` is of no concern here, and `failed` met a defect.
   *
   * Needs a key with the scope admin.
   */
  listInbox: {
    params: ListInboxParams
    result: {
      items: InboxItem[]
      next: string | null
    }
    reason: never
  }
  /**
   * Apply what is parked once more: one inbox item, or all of a source in the order of receipt.
   *
   * It is done in the background; listInbox tells what becomes of it. `accepted` is false for an item that is neither parked nor failed: what is applied is not applied again. The call is POST only, and takes the header `idempotency-key`.
   *
   * Needs a key with the scope admin.
   *
   * Refuses with:
   * - `inbox_unknown`: There is no inbox item with this id.
   * - `source_unknown`: There is no shop source with this id.
   */
  replayInbox: {
    params: ReplayInboxParams
    result: {
      sourceId: string
      accepted: boolean
    }
    reason: "inbox_unknown" | "source_unknown"
  }
  /**
   * Tell what a write would answer or refuse, now or at a later moment, without changing anything.
   *
   * The answer is `{ok: true, result}` or `{ok: false, error}`. What only a real call can know (numbers, generated UUIDs, `createdAt`) is null. Needs the scope of the method it previews.
   *
   * Needs a key with the scope read.
   */
  preview: {
    params: PreviewParams
    result: {
      ok: true
      result: { [name: string]: unknown }
    } | {
      ok: false
      error: {
        code: number
        message: string
        data: { [name: string]: unknown }
      }
    }
    reason: never
  }
  /**
   * Compare your list of customers, orders or licences with what is here.
   *
   * Nothing is changed. A member that is null is not compared; an empty text says that there is no value. Numbers, dates and e-mail addresses are compared by what they mean: an instant may come in any form, and a date alone agrees with any instant of that day in the time zone of the partner, for `validUntil` with the day through which it holds. Orders are counted singly, renewals included. With `complete` the answer lists what is here and not among the rows in `missingThere`; where that is more than one answer holds, `next` is to be passed as `cursor` in a call that is otherwise the same, which then only goes on with that list.
   *
   * Needs a key with the scope read.
   */
  reconcile: {
    params: ReconcileParams
    result: {
      missingHere: string[]
      missingThere?: string[] | undefined
      differing: {
        id: string
        field: string
        theirs: unknown
        ours: unknown
      }[]
      matching: number
      next?: string | undefined
    }
    reason: never
  }
  /**
   * Create a product in the catalogue, which all partners share.
   *
   * Needs a key with the scope operator.
   *
   * Refuses with:
   * - `product_exists`: This product code is already taken by a different request.
   */
  createProduct: {
    params: CreateProductParams
    result: Product
    reason: "product_exists"
  }
  /**
   * Create an edition: a sellable configuration of a product.
   *
   * Its code is unique in the whole installation and is what `product` means in orders. `windowDays`, `graceDays` and `renewable` go before what the partner has. Provisioning mode and client type never change.
   *
   * Needs a key with the scope operator.
   *
   * Refuses with:
   * - `edition_exists`: This edition code is already taken by a different request.
   * - `product_unknown`: There is no product with this code.
   */
  createEdition: {
    params: CreateEditionParams
    result: Edition
    reason: "edition_exists" | "product_unknown"
  }
  /**
   * Change an edition; every change makes a new version of it.
   *
   * A PATCH: members that are left out stay as they are, null clears; the groups are replaced as they are given. Licences keep the configuration they were issued with. Window, grace and renewability count at once for all chains of the edition.
   *
   * Needs a key with the scope operator.
   *
   * Refuses with:
   * - `edition_unknown`: There is no edition with this code.
   * - `version_conflict`: The object has changed since the version you named.
   */
  updateEdition: {
    params: UpdateEditionParams
    result: Edition
    reason: "edition_unknown" | "version_conflict"
  }
  /** List the products of the catalogue. Needs a key with the scope read. */
  listProducts: {
    params: { [name: string]: never }
    result: {
      items: {
        code: string
        name: string
        createdAt: number
      }[]
      next: null
    }
    reason: never
  }
  /**
   * List the editions of the catalogue, each as it is sold now.
   *
   * The code of an edition is what `product` means in orders.
   *
   * Needs a key with the scope read.
   */
  listEditions: {
    params: ListEditionsParams
    result: {
      items: Edition[]
      next: null
    }
    reason: never
  }
  /**
   * Read the feed: everything that happened, in order, after a position.
   *
   * Positions (`seq`) are dense from 1 for each partner. Pass `next` as `after` to go on, also when the page is empty or filtered. With `waitSeconds` a call that would answer no events waits for one, and answers within a second of it; in an array nothing waits. Events are kept for ever unless the service has a retention setting.
   *
   * Needs a key with the scope read.
   *
   * Refuses with:
   * - `events_gone`: Events after this position are no longer kept; go on from the one that the answer names.
   */
  listEvents: {
    params: ListEventsParams
    result: {
      events: Event[]
      next: number
    }
    reason: "events_gone"
  }
  /**
   * Have events sent to an address of yours, signed as Standard Webhooks says.
   *
   * The secret is shown in this answer and never again. Each event is sent at least once, with its own id in the header `webhook-id`; order is not promised, `seq` and `object.version` tell it. Endpoints have no id of yours: to make the call safe to send again, send it with the header `idempotency-key`.
   *
   * Needs a key with the scope admin.
   */
  createWebhookEndpoint: {
    params: CreateWebhookEndpointParams
    result: {
      endpointId: string
      url: string
      types: string[] | null
      isActive: boolean
      disabledAt: number | null
      disabledReason: "gone" | "failing" | "switched_off" | null
      version: number
      createdAt: number
      updatedAt: number
      secret: string
    }
    reason: never
  }
  /**
   * Change a webhook endpoint; what is not named stays as it is.
   *
   * `types: null` sends every type. An endpoint that is switched on again goes on where it was switched off, so that nothing that happened meanwhile is missed.
   *
   * Needs a key with the scope admin.
   *
   * Refuses with:
   * - `endpoint_unknown`: There is no webhook endpoint with this id.
   * - `version_conflict`: The object has changed since the version you named.
   */
  updateWebhookEndpoint: {
    params: UpdateWebhookEndpointParams
    result: {
      endpointId: string
      url: string
      types: string[] | null
      isActive: boolean
      disabledAt: number | null
      disabledReason: "gone" | "failing" | "switched_off" | null
      version: number
      createdAt: number
      updatedAt: number
      changed: boolean
    }
    reason: "endpoint_unknown" | "version_conflict"
  }
  /**
   * List the webhook endpoints of your partner; never their secrets.
   *
   * `deliveredThrough` is the position up to which events have been given to delivery; `failingSince` tells since when no attempt has succeeded.
   *
   * Needs a key with the scope admin.
   */
  listWebhookEndpoints: {
    params: ListWebhookEndpointsParams
    result: {
      items: {
        endpointId: string
        url: string
        types: string[] | null
        isActive: boolean
        disabledAt: number | null
        disabledReason: "gone" | "failing" | "switched_off" | null
        version: number
        createdAt: number
        updatedAt: number
        deliveredThrough: number
        failingSince: number | null
      }[]
      next: string | null
    }
    reason: never
  }
  /**
   * Delete a webhook endpoint.
   *
   * One that is deleted already answers `changed: false`. What became of its deliveries stays listed.
   *
   * Needs a key with the scope admin.
   *
   * Refuses with:
   * - `endpoint_unknown`: There is no webhook endpoint with this id.
   */
  deleteWebhookEndpoint: {
    params: DeleteWebhookEndpointParams
    result: {
      endpointId: string
      changed: boolean
    }
    reason: "endpoint_unknown"
  }
  /**
   * Give a webhook endpoint a new secret.
   *
   * The secret is shown in this answer and never again. For 24 hours every webhook is signed with both secrets, so that the receiver can change over without losing one. Sending it twice rotates twice, so it is POST only, and takes the header `idempotency-key`.
   *
   * Needs a key with the scope admin.
   *
   * Refuses with:
   * - `endpoint_unknown`: There is no webhook endpoint with this id.
   */
  rotateWebhookSecret: {
    params: RotateWebhookSecretParams
    result: {
      endpointId: string
      url: string
      types: string[] | null
      isActive: boolean
      disabledAt: number | null
      disabledReason: "gone" | "failing" | "switched_off" | null
      version: number
      createdAt: number
      updatedAt: number
      secret: string
      previousUntil: number
    }
    reason: "endpoint_unknown"
  }
  /**
   * List webhook deliveries with their last attempt, the latest events first.
   *
   * A delivery is listed from its first attempt on and for 30 days. `pending` ones are tried again at `nextAttemptAt`; of the receiver's answer the first 2 KB are kept.
   *
   * Needs a key with the scope admin.
   */
  listDeliveries: {
    params: ListDeliveriesParams
    result: {
      items: WebhookDelivery[]
      next: string | null
    }
    reason: never
  }
  /**
   * Send events to a webhook endpoint once more: one delivery, or all events from a position on.
   *
   * With `sinceSeq` the endpoint is sent every event from that position on again, in the types it takes; one that is disabled once it is switched on. Sending it twice sends the events twice, so it is POST only, and takes the header `idempotency-key`.
   *
   * Needs a key with the scope admin.
   *
   * Refuses with:
   * - `delivery_unknown`: There is no webhook delivery with this id.
   * - `endpoint_unknown`: There is no webhook endpoint with this id.
   */
  redeliver: {
    params: RedeliverParams
    result: {
      endpointId: string
      accepted: true
    }
    reason: "delivery_unknown" | "endpoint_unknown"
  }
  /**
   * Create an API key of your partner.
   *
   * The key is shown in this answer and never again. Only a caller with the scope `operator` can give that scope. Keys have no id of yours: to make the call safe to send again, send it with the header `idempotency-key`.
   *
   * Needs a key with the scope admin.
   */
  createApiKey: {
    params: CreateApiKeyParams
    result: {
      keyId: string | null
      partner: number
      name: string
      scopes: ("orders" | "licenses" | "read" | "admin" | "operator")[]
      createdAt: number | null
      expiresAt: number | null
      revokedAt: number | null
      key: string
    }
    reason: never
  }
  /** List the API keys of your partner, revoked ones included. Needs a key with the scope admin. */
  listApiKeys: {
    params: ListApiKeysParams
    result: {
      items: ApiKey[]
      next: string | null
    }
    reason: never
  }
  /**
   * Revoke an API key of your partner.
   *
   * A key that is revoked already answers `changed: false`. Other servers follow within five seconds.
   *
   * Needs a key with the scope admin.
   *
   * Refuses with:
   * - `key_unknown`: There is no API key with this id.
   */
  revokeApiKey: {
    params: RevokeApiKeyParams
    result: {
      keyId: string | null
      partner: number
      name: string
      scopes: ("orders" | "licenses" | "read" | "admin" | "operator")[]
      createdAt: number | null
      expiresAt: number | null
      revokedAt: number | null
      changed: boolean
    }
    reason: "key_unknown"
  }
  /**
   * Create a partner, with its first API key.
   *
   * `apiKey` is shown in this answer and never again; it has every scope but `operator`. A sandbox partner has a clock of its own, which stands still until it is moved. Partners have no id of yours: to make the call safe to send again, send it with the header `idempotency-key`.
   *
   * Needs a key with the scope operator.
   */
  createPartner: {
    params: CreatePartnerParams
    result: {
      partner: number | null
      name: string
      sandbox: boolean
      windowDays: number
      graceDays: number
      timeZone: string
      version: number
      createdAt: number | null
      apiKey: string
    }
    reason: never
  }
  /**
   * Change a partner’s name, renewal window, grace or time zone.
   *
   * Window and grace count at once, also for terms already bought, unless the edition says otherwise.
   *
   * Needs a key with the scope operator.
   *
   * Refuses with:
   * - `partner_unknown`: There is no partner with this number.
   * - `version_conflict`: The object has changed since the version you named.
   */
  updatePartner: {
    params: UpdatePartnerParams
    result: Partner
    reason: "partner_unknown" | "version_conflict"
  }
  /** List the partners of the installation. Needs a key with the scope operator. */
  listPartners: {
    params: ListPartnersParams
    result: {
      items: Partner[]
      next: string | null
    }
    reason: never
  }
  /**
   * Get the present time of your partner: the real one, or a sandbox’s own.
   *
   * Needs a key with the scope read.
   */
  getClock: {
    params: { [name: string]: never }
    result: Clock
    reason: never
  }
  /**
   * Move the clock of a sandbox partner forward to an instant.
   *
   * Everything that falls due on the way happens, in order, before the answer. The present moment itself answers `changed: false`; a clock never goes back.
   *
   * Needs a key with the scope admin.
   *
   * Refuses with:
   * - `not_sandbox`: Only a sandbox partner has a clock of its own.
   */
  setClock: {
    params: SetClockParams
    result: {
      now: number
      sandbox: boolean
      changed: boolean
    }
    reason: "not_sandbox"
  }
  /**
   * Move the clock of a sandbox partner forward by days or seconds.
   *
   * Everything that falls due on the way happens, in order, before the answer. Sending it twice moves the clock twice, so it is POST only, and takes the header `idempotency-key`.
   *
   * Needs a key with the scope admin.
   *
   * Refuses with:
   * - `not_sandbox`: Only a sandbox partner has a clock of its own.
   */
  advanceClock: {
    params: AdvanceClockParams
    result: {
      now: number
      sandbox: boolean
      changed: boolean
    }
    reason: "not_sandbox"
  }
}

export interface RefusalData {
  /** There is no customer with this id. */
  customer_unknown: {
    id: string
  }
  /** There is no order with this id. */
  order_unknown: {
    id: string
  }
  /** There is no licence with this id. */
  license_unknown: {
    id: string
  }
  /** There is no consumer with this id. */
  consumer_unknown: {
    id: string
  }
  /** There is no edition with this code. */
  edition_unknown: {
    id: string
  }
  /** There is no product with this code. */
  product_unknown: {
    id: string
  }
  /** There is no webhook endpoint with this id. */
  endpoint_unknown: {
    id: string
  }
  /** There is no API key with this id. */
  key_unknown: {
    id: string
  }
  /** There is no partner with this number. */
  partner_unknown: {
    id: string
  }
  /** There is no shop source with this id. */
  source_unknown: {
    id: string
  }
  /** This name of a shop has never been mapped to an edition. */
  sku_unknown: {
    id: string
  }
  /** There is no inbox item with this id. */
  inbox_unknown: {
    id: string
  }
  /** There is no webhook delivery with this id. */
  delivery_unknown: {
    id: string
  }
  /** This customer id is already taken by a different request. */
  customer_exists: {
    id: string
    differs: string[]
  }
  /** This order id is already taken by a different request. */
  order_exists: {
    id: string
    differs: string[]
  }
  /** This licence id is already taken by a different request. */
  license_exists: {
    id: string
    differs: string[]
  }
  /** This consumer id or e-mail address is already taken by a different request. */
  consumer_exists: {
    id: string
    differs: string[]
  }
  /** This edition code is already taken by a different request. */
  edition_exists: {
    id: string
    differs: string[]
  }
  /** This product code is already taken by a different request. */
  product_exists: {
    id: string
    differs: string[]
  }
  /** The customer is deactivated, so nothing new can be sold to it. */
  customer_inactive: {
    customer: string
  }
  /** This is the id of a renewal; the id of the first order belongs here. */
  order_not_first: {
    parent: string
  }
  /** The order is cancelled. */
  order_cancelled: {
    since: number
  }
  /** The order is suspended; resume it first with resumeOrder. */
  order_suspended: {
    since: number
    hint: "resumeOrder"
  }
  /** The order is cancelled at the end of its term; withdraw that with uncancelOrder before renewing. */
  order_ending: {
    endsAt: number
  }
  /** More of the current term is left than the renewal window allows. */
  renewal_too_early: {
    termEnd: number
    renewableFrom: number
    windowDays: number
    retryAt: number
  }
  /** Orders of this edition cannot be renewed. */
  not_renewable: {
    edition: string
  }
  /**
   * What this licence carries and how long it is valid follows from its order; change the order instead.
   */
  license_governed_by_order: {
    order: string
  }
  /** The licence is revoked. */
  license_revoked: {
    since: number
  }
  /** A licence can only move to an edition of the same product, provisioning mode and client type. */
  edition_incompatible: {
    edition: string
    from: string
  }
  /** The object has changed since the version you named. */
  version_conflict: {
    version: number
  }
  /** Events after this position are no longer kept; go on from the one that the answer names. */
  events_gone: {
    after: number
    firstKept: number
  }
  /** Only a sandbox partner has a clock of its own. */
  not_sandbox: { [name: string]: never }
  /** The body is not valid JSON. */
  parse_error: { [name: string]: never }
  /** The request is not a valid call. */
  invalid_request: { [name: string]: never }
  /** The array has too many members. */
  batch_too_large: {
    limit: number
    members: number
  }
  /** There is no such method. */
  method_unknown: {
    method: string
  }
  /** The params are not valid. */
  params_invalid: {
    issues: {
      path: string
      message: string
    }[]
  }
  /** Internal error */
  internal: {
    requestId: string
  }
  /** A valid API key is needed in the x-api-key header. */
  unauthenticated: { [name: string]: never }
  /** The API key lacks the scope that this method needs. */
  forbidden: {
    scope: string
  }
  /** Too many calls in a minute with this key. */
  rate_limited: {
    retryAfterSeconds: number
  }
  /** The service cannot do this at the moment; send the same call again. */
  unavailable: {
    outcome: "not_done" | "unknown"
    retryAfterSeconds: number
  }
}
