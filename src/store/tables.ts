/**
 * The tables as the code knows them: which column holds which member, and how each travels. Members are camelCase
 * here and snake_case in SQL; `test/store/tables.test.ts` holds this page against the migrated schema.
 */
import type {
  ApiKey,
  ChainState,
  Consumer,
  ConsumerAccess,
  Creation,
  Customer,
  CustomerRemoteId,
  Edition,
  EditionVersion,
  FeedEvent,
  InboxItem,
  InboxReceipt,
  InboxReplay,
  License,
  LicenseSuspension,
  Order,
  OrderChange,
  OrderSuspension,
  Partner,
  Product,
  ShopLicense,
  ShopObject,
  ShopSku,
  ShopSource,
  WebhookCursor,
  WebhookDelivery,
  WebhookEndpoint,
  WebhookRedelivery,
} from '../objects.ts'

/** How a member travels: its type in SQL, its type inside the JSON that carries rows to a statement. */
export interface Column {
  readonly type: string
  readonly carrier: string
  /** The SQL that turns the carried value into the stored one. */
  readonly read: (carried: string) => string
}

const plain = (type: string): Column => ({ type, carrier: type, read: (carried) => carried })

export const integer = plain('integer')
export const bigint = plain('bigint')
export const text = plain('text')
export const boolean = plain('boolean')
export const uuid = plain('uuid')
export const json = plain('json')
export const jsonb = plain('jsonb')
export const texts: Column = { type: 'text[]', carrier: 'text[]', read: (carried) => carried }
export const uuids: Column = { type: 'uuid[]', carrier: 'uuid[]', read: (carried) => carried }
/** Bytes travel as hexadecimal text. */
export const bytes: Column = {
  type: 'bytea',
  carrier: 'text',
  read: (carried) => `decode(${carried}, 'hex')`,
}
/** Instants are Unix seconds in the code and timestamptz in the database. */
export const instant: Column = {
  type: 'timestamptz',
  carrier: 'bigint',
  read: (carried) => `to_timestamp(${carried})`,
}

/** One table: its name in SQL, the members of its key, and all its members. */
export interface Table<Row = Record<string, unknown>> {
  readonly name: string
  readonly key: readonly (keyof Row & string)[]
  readonly columns: { readonly [member in keyof Row]-?: Column }
}

function table<Row>(
  name: string,
  key: readonly (keyof Row & string)[],
  columns: { readonly [member in keyof Row]-?: Column },
): Table<Row> {
  return { name, key, columns }
}

/** An order with the request that created it and the answer it got. */
export interface OrderRow extends Order {
  request: string
  reply: string
}

/** A row with the request that created the thing, and the answer it got. */
export type Created<Row> = Row & Creation

/** The first answer of a call that was sent with an idempotency key. */
export interface Idempotency {
  partnerId: number
  keyDigest: string
  requestDigest: string
  reply: string
  createdAt: number
}

const chainKey = { partnerId: integer, chainId: bigint }

export const partnerTable = table<Partner>('partner', ['partnerId'], {
  partnerId: integer,
  name: text,
  isSandbox: boolean,
  windowDays: integer,
  graceDays: integer,
  timeZone: text,
  clockAt: instant,
  version: integer,
  createdAt: instant,
  lastSeq: bigint,
  lastCustomerId: bigint,
  lastOrderId: bigint,
  rulesVersion: integer,
  recentGroups: uuids,
})

export const apiKeyTable = table<Omit<ApiKey, 'secretHash'> & { secretHash: string }>(
  'api_key',
  ['partnerId', 'keyId'],
  {
    partnerId: integer,
    keyId: text,
    name: text,
    scopes: texts,
    secretHash: bytes,
    createdAt: instant,
    expiresAt: instant,
    revokedAt: instant,
  },
)

export const idempotencyTable = table<Idempotency>('idempotency', ['partnerId', 'keyDigest'], {
  partnerId: integer,
  keyDigest: bytes,
  requestDigest: bytes,
  reply: bytes,
  createdAt: instant,
})

export const customerTable = table<Customer>('customer', ['partnerId', 'customerId'], {
  partnerId: integer,
  customerId: uuid,
  id: bigint,
  remoteId: text,
  kind: text,
  name: text,
  isActive: boolean,
  admin: jsonb,
  email: text,
  phone: text,
  address: jsonb,
  tags: texts,
  metadata: jsonb,
  timeZone: text,
  version: integer,
  createdAt: instant,
  updatedAt: instant,
})

export const customerRemoteIdTable = table<CustomerRemoteId>(
  'customer_remote_id',
  ['partnerId', 'remoteId'],
  {
    partnerId: integer,
    remoteId: text,
    customerId: uuid,
    request: text,
    reply: text,
  },
)

export const licenseTable = table<Created<License>>('license', ['partnerId', 'licenseId'], {
  partnerId: integer,
  licenseId: uuid,
  customerId: uuid,
  chainId: bigint,
  references: jsonb,
  remoteId: text,
  product: text,
  edition: text,
  editionVersion: integer,
  quantity: integer,
  validFrom: instant,
  validUntil: instant,
  suspendedAt: instant,
  suspendedBy: text,
  revokedAt: instant,
  revokedBy: text,
  features: texts,
  limitations: jsonb,
  variables: jsonb,
  name: text,
  description: text,
  expiryTold: boolean,
  revocationTold: boolean,
  nextDueAt: instant,
  settledAt: instant,
  version: integer,
  createdAt: instant,
  request: text,
  reply: text,
})

export const licenseSuspensionTable = table<LicenseSuspension>(
  'license_suspension',
  ['partnerId', 'licenseId', 'number'],
  {
    partnerId: integer,
    licenseId: uuid,
    number: integer,
    suspendedAt: instant,
    resumedAt: instant,
    suspendedBy: text,
    resumedBy: text,
  },
)

export const consumerTable = table<Created<Consumer>>('consumer', ['partnerId', 'consumerId'], {
  partnerId: integer,
  consumerId: uuid,
  customerId: uuid,
  remoteId: text,
  kind: text,
  email: text,
  displayName: text,
  version: integer,
  createdAt: instant,
  updatedAt: instant,
  request: text,
  reply: text,
})

export const consumerAccessTable = table<ConsumerAccess>(
  'consumer_access',
  ['partnerId', 'consumerId', 'customerId', 'number'],
  {
    partnerId: integer,
    consumerId: uuid,
    customerId: uuid,
    number: integer,
    grantedAt: instant,
    grantedBy: text,
    revokedAt: instant,
    revokedBy: text,
  },
)

/** The catalogue belongs to the installation; partner 0's operators change it under that partner's lock. */
export const productTable = table<Created<Product>>('product', ['code'], {
  code: text,
  name: text,
  createdAt: instant,
  request: text,
  reply: text,
})

export type EditionRow = Created<Omit<Edition, 'features' | 'limitations' | 'variables'>>
export type EditionVersionRow = Omit<EditionVersion, 'product'>

export const editionTable = table<EditionRow>('edition', ['code'], {
  code: text,
  product: text,
  name: text,
  provisioningMode: text,
  clientType: text,
  windowDays: integer,
  graceDays: integer,
  renewable: boolean,
  version: integer,
  createdAt: instant,
  request: text,
  reply: text,
})

export const editionVersionTable = table<EditionVersionRow>('edition_version', ['code', 'version'], {
  code: text,
  version: integer,
  features: texts,
  limitations: jsonb,
  variables: jsonb,
})

export const chainTable = table<ChainState>('chain', ['partnerId', 'chainId'], {
  ...chainKey,
  customerId: uuid,
  licenseId: uuid,
  firstStart: instant,
  latestEnd: instant,
  edition: text,
  suspendedAt: instant,
  suspensionReason: text,
  suspendedBy: text,
  cancelAt: instant,
  cancellationReason: text,
  cancelledBy: text,
  renewalDueTold: boolean,
  expiryTold: boolean,
  cancellationTold: boolean,
  nextDueAt: instant,
  settledAt: instant,
  version: integer,
})

export const orderTable = table<OrderRow>('orders', ['partnerId', 'chainId', 'termEnd'], {
  ...chainKey,
  position: integer,
  orderId: bigint,
  remoteId: text,
  previousEnd: instant,
  anchor: instant,
  endMonth: integer,
  termStart: instant,
  termEnd: instant,
  licenses: integer,
  duration: text,
  edition: text,
  editionVersion: integer,
  references: jsonb,
  metadata: jsonb,
  createdAt: instant,
  request: text,
  reply: text,
})

export const orderSuspensionTable = table<OrderSuspension>(
  'order_suspension',
  ['partnerId', 'chainId', 'number'],
  {
    ...chainKey,
    number: integer,
    suspendedAt: instant,
    resumedAt: instant,
    reason: text,
    suspendedBy: text,
    resumedBy: text,
  },
)

export const orderChangeTable = table<OrderChange>('order_change', ['partnerId', 'chainId', 'number'], {
  ...chainKey,
  number: integer,
  changedAt: instant,
  fromPosition: integer,
  throughPosition: integer,
  licenses: integer,
  edition: text,
  editionVersion: integer,
  changedBy: text,
})

export const eventTable = table<FeedEvent>('event', ['partnerId', 'seq'], {
  partnerId: integer,
  seq: bigint,
  eventId: uuid,
  type: text,
  at: instant,
  objectKind: text,
  objectId: text,
  objectVersion: integer,
  data: json,
  actor: text,
})

export const webhookEndpointTable = table<WebhookEndpoint>('webhook_endpoint', ['partnerId', 'endpointId'], {
  partnerId: integer,
  endpointId: uuid,
  url: text,
  types: texts,
  secret: text,
  previousSecret: text,
  previousSecretUntil: instant,
  disabledAt: instant,
  disabledReason: text,
  deletedAt: instant,
  version: integer,
  createdAt: instant,
  updatedAt: instant,
})

/** The ledger begins a cursor and never changes it; the outbox moves it. */
export const webhookCursorTable = table<WebhookCursor>('webhook_cursor', ['partnerId', 'endpointId'], {
  partnerId: integer,
  endpointId: uuid,
  deliveredThrough: bigint,
  failingSince: instant,
})

/** Written by the outbox alone. */
export const webhookDeliveryTable = table<WebhookDelivery>(
  'webhook_delivery',
  ['partnerId', 'seq', 'endpointId'],
  {
    partnerId: integer,
    seq: bigint,
    endpointId: uuid,
    deliveryId: uuid,
    eventId: uuid,
    type: text,
    state: text,
    attempts: integer,
    attemptedAt: instant,
    nextAttemptAt: instant,
    status: integer,
    answer: text,
    problem: text,
  },
)

export const webhookRedeliveryTable = table<WebhookRedelivery>(
  'webhook_redelivery',
  ['partnerId', 'redeliveryId'],
  {
    partnerId: integer,
    redeliveryId: uuid,
    endpointId: uuid,
    seq: bigint,
    sinceSeq: bigint,
    requestedAt: instant,
  },
)

export const shopSourceTable = table<ShopSource>('shop_source', ['partnerId', 'sourceId'], {
  partnerId: integer,
  sourceId: uuid,
  name: text,
  shop: text,
  secret: text,
  deletedAt: instant,
  version: integer,
  createdAt: instant,
  updatedAt: instant,
})

export const shopSkuTable = table<ShopSku>('shop_sku', ['partnerId', 'sourceId', 'sku'], {
  partnerId: integer,
  sourceId: uuid,
  sku: text,
  edition: text,
  updatedAt: instant,
})

/** Written by the inbox alone. */
export const inboxReceiptTable = table<InboxReceipt>('inbox_receipt', ['partnerId', 'receiptId'], {
  partnerId: integer,
  receiptId: uuid,
  sourceId: uuid,
  headers: jsonb,
  body: bytes,
  receivedAt: instant,
})

/** The inbox stores an item and never changes it; the ledger writes down what became of it. */
export const inboxItemTable = table<InboxItem>('inbox_item', ['partnerId', 'inboxId'], {
  partnerId: integer,
  inboxId: uuid,
  sourceId: uuid,
  eventId: text,
  number: bigint,
  type: text,
  receiptId: uuid,
  position: integer,
  state: text,
  reason: text,
  receivedAt: instant,
  version: integer,
})

export const inboxReplayTable = table<InboxReplay>('inbox_replay', ['partnerId', 'replayId'], {
  partnerId: integer,
  replayId: uuid,
  sourceId: uuid,
  inboxId: uuid,
  requestedAt: instant,
})

const shopObjectKey = { partnerId: integer, sourceId: uuid, kind: text, objectId: text }

export const shopObjectTable = table<ShopObject>(
  'shop_object',
  ['partnerId', 'sourceId', 'kind', 'objectId'],
  {
    ...shopObjectKey,
    accountId: text,
    customerId: uuid,
    toldAt: bigint,
    toldBy: bigint,
    isEnded: boolean,
    paidThrough: instant,
    paidToldAt: bigint,
  },
)

export const shopLicenseTable = table<ShopLicense>(
  'shop_license',
  ['partnerId', 'sourceId', 'kind', 'objectId', 'itemId'],
  { ...shopObjectKey, itemId: text, sku: text, licenseId: uuid },
)

/** Every table that the ledger writes, parents before children. */
export const writtenTables = [
  partnerTable,
  apiKeyTable,
  idempotencyTable,
  productTable,
  editionTable,
  editionVersionTable,
  customerTable,
  customerRemoteIdTable,
  licenseTable,
  licenseSuspensionTable,
  consumerTable,
  consumerAccessTable,
  chainTable,
  orderTable,
  orderSuspensionTable,
  orderChangeTable,
  eventTable,
  webhookEndpointTable,
  webhookCursorTable,
  webhookRedeliveryTable,
  shopSourceTable,
  shopSkuTable,
  inboxItemTable,
  inboxReplayTable,
  shopObjectTable,
  shopLicenseTable,
] as const

/** A member's name in SQL. */
export function columnName(member: string): string {
  return member.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}
