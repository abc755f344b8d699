/**
 * Opens PostgreSQL: one pool of pipelining connections for everything, and a read-only query builder over it.
 * Values arrive as the code wants them: 64-bit numbers as numbers, instants as whole Unix seconds.
 */
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import type { ReadonlyKysely } from 'kysely/readonly'
import pg from 'pg'
import { limits } from '../limits.ts'
import type {
  ApiKey,
  ChainState,
  Consumer,
  Customer,
  CustomerRemoteId,
  Edition,
  EditionVersion,
  FeedEvent,
  InboxItem,
  License,
  Order,
  OrderSuspension,
  Partner,
  Product,
  ShopSku,
  ShopSource,
  WebhookCursor,
  WebhookDelivery,
  WebhookEndpoint,
} from '../objects.ts'

/** The tables as list queries see them, in camelCase. */
export interface Tables {
  partner: Partner
  apiKey: ApiKey
  product: Product
  edition: Omit<Edition, 'features' | 'limitations' | 'variables'>
  editionVersion: Omit<EditionVersion, 'product'>
  customer: Customer
  consumer: Consumer
  customerRemoteId: CustomerRemoteId
  license: License
  chain: ChainState
  orders: Order
  orderSuspension: OrderSuspension
  event: FeedEvent
  webhookEndpoint: WebhookEndpoint
  webhookCursor: WebhookCursor
  webhookDelivery: WebhookDelivery
  shopSource: ShopSource
  shopSku: ShopSku
  inboxItem: InboxItem
}

/** A handle that can read and, by its type, nothing else. */
export type Reader = ReadonlyKysely<Tables>

export interface Store {
  readonly pool: pg.Pool
  readonly reader: Reader
  close(): Promise<void>
}

/** Closes connections that nobody uses: where one turned out to be dead, the others probably are. */
export async function dropIdle(pool: pg.Pool): Promise<void> {
  const idle = Array.from({ length: pool.idleCount }, () => pool.connect())
  for (const taken of await Promise.allSettled(idle))
    if (taken.status === 'fulfilled') taken.value.release(true)
}

const int8 = 20
const timestamptz = 1184

function seconds(text: string): number {
  const milliseconds = Date.parse(text.length === 22 ? `${text.replace(' ', 'T')}:00` : text)
  return Math.floor(milliseconds / 1000)
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new RangeError('A 64-bit number of the database is beyond 2^53.')
  return value
}

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary') {
      if (oid === int8) return safeInteger
      if (oid === timestamptz) return seconds
    }
    return pg.types.getTypeParser(oid, format as 'text')
  }) as pg.CustomTypesConfig['getTypeParser'],
}

const timeouts = {
  lock_timeout: 5_000,
  statement_timeout: 20_000,
  idle_in_transaction_session_timeout: 10_000,
}

// Every query of the service has an index; a plan that is kept must not choose to read a table from end to end because
// the table was small when it was planned. Compiling plans costs more than such small queries take.
const behaviour = { TimeZone: 'UTC', DateStyle: 'ISO', enable_seqscan: 'off', jit: 'off' }

/**
 * What every session is asked to be like, in milliseconds where it is a time. A pooler may not pass it on; then the role
 * must have it.
 */
export const sessionSettings: Readonly<Record<string, string | number>> = { ...behaviour, ...timeouts }

/**
 * Opens a database by its URL. `connections` bounds the pool; a stalled server cannot hold a partner for longer
 * than the timeouts, which PostgreSQL enforces on its side; a silent one not for longer than ours.
 */
export function openStore(
  url: string,
  options: { connections?: number; onError?: (error: Error) => void } = {},
): Store {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.connections ?? 10,
    pipeline: true,
    types,
    application_name: 'tenure service',
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    ...timeouts,
    // Where the line has gone dead without a word, PostgreSQL's own timeouts reach nobody.
    query_timeout: limits.databaseSilence * 1_000,
    options: Object.entries(behaviour)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  } as pg.PoolConfig)
  // Without these listeners a connection that breaks, idle or in use, would end the process.
  const onError = (error: Error): void => options.onError?.(error)
  pool.on('error', onError)
  pool.on('connect', (client) => client.on('error', onError))
  const reader = new Kysely<Tables>({
    dialect: new PostgresDialect({ pool }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  })
  return { pool, reader: reader as unknown as Reader, close: () => pool.end() }
}
