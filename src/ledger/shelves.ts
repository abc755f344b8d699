/** The rows of each table that a group of calls can see, and what it has staged of them. */
import type {
  ApiKey,
  ChainState,
  Consumer,
  ConsumerAccess,
  Customer,
  CustomerRemoteId,
  Edition,
  FeedEvent,
  InboxItem,
  InboxReplay,
  License,
  LicenseSuspension,
  Order,
  OrderChange,
  OrderSuspension,
  Product,
  ShopLicense,
  ShopObject,
  ShopSku,
  ShopSource,
  WebhookCursor,
  WebhookEndpoint,
  WebhookRedelivery,
} from '../objects.ts'
import {
  apiKeyTable,
  type Created,
  chainTable,
  consumerAccessTable,
  consumerTable,
  customerRemoteIdTable,
  customerTable,
  type EditionVersionRow,
  editionTable,
  editionVersionTable,
  eventTable,
  type Idempotency,
  idempotencyTable,
  inboxItemTable,
  inboxReplayTable,
  licenseSuspensionTable,
  licenseTable,
  orderChangeTable,
  orderSuspensionTable,
  orderTable,
  partnerTable,
  productTable,
  shopLicenseTable,
  shopObjectTable,
  shopSkuTable,
  shopSourceTable,
  type Table,
  webhookCursorTable,
  webhookEndpointTable,
  webhookRedeliveryTable,
} from '../store/tables.ts'
import { Journal, Shelf } from './shelf.ts'

/** An API key as the tables hold it: the hash as hexadecimal text. */
export type StoredKey = Omit<ApiKey, 'secretHash'> & { secretHash: string }

export class Shelves {
  readonly journal = new Journal()
  /** Every shelf, in the order in which their rows are written: parents before children. */
  readonly shelves: Shelf<object>[] = []

  readonly partners = this.#shelf(partnerTable)
  readonly apiKeys = this.#shelf<StoredKey>(apiKeyTable)
  readonly idempotency = this.#shelf<Idempotency>(idempotencyTable)
  readonly products = this.#shelf<Product>(productTable)
  readonly editionRows = this.#shelf<Omit<Edition, 'features' | 'limitations' | 'variables'>>(editionTable)
  readonly editionVersionRows = this.#shelf<EditionVersionRow>(editionVersionTable)
  readonly customers = this.#shelf<Customer>(customerTable)
  readonly customerRemoteIds = this.#shelf<CustomerRemoteId>(customerRemoteIdTable)
  readonly licenses = this.#shelf<License>(licenseTable)
  readonly licenseSuspensions = this.#shelf<LicenseSuspension>(licenseSuspensionTable)
  readonly consumers = this.#shelf<Consumer>(consumerTable)
  readonly access = this.#shelf<ConsumerAccess>(consumerAccessTable)
  readonly chains = this.#shelf<ChainState>(chainTable)
  readonly orders = this.#shelf<Order>(orderTable)
  readonly suspensions = this.#shelf<OrderSuspension>(orderSuspensionTable)
  readonly changes = this.#shelf<OrderChange>(orderChangeTable)
  readonly events = this.#shelf<FeedEvent>(eventTable)
  readonly endpoints = this.#shelf<WebhookEndpoint>(webhookEndpointTable)
  readonly cursors = this.#shelf<WebhookCursor>(webhookCursorTable)
  readonly redeliveries = this.#shelf<WebhookRedelivery>(webhookRedeliveryTable)
  readonly sources = this.#shelf<ShopSource>(shopSourceTable)
  readonly skus = this.#shelf<ShopSku>(shopSkuTable)
  readonly inboxItems = this.#shelf<InboxItem>(inboxItemTable)
  readonly replays = this.#shelf<InboxReplay>(inboxReplayTable)
  readonly shopObjects = this.#shelf<ShopObject>(shopObjectTable)
  readonly shopLicenses = this.#shelf<ShopLicense>(shopLicenseTable)

  #shelf<Row extends object>(table: Table<Row> | Table<Created<Row>>): Shelf<Row> {
    const shelf = new Shelf<Row>(table as Table<Row>, this.journal)
    this.shelves.push(shelf as unknown as Shelf<object>)
    return shelf
  }
}
