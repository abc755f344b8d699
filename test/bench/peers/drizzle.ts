/**
 * A peer: Fastify and drizzle-orm, with one transaction per call. It checks the key, validates by JSON Schema, loads
 * customer and edition, inserts licence, chain, order and event through the mapper, and recognises a repeat. It does
 * not lock the partner: positions in its feed may have gaps and may become visible out of order. No arrays.
 */
import { and, eq, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { bigint, boolean, integer, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import Fastify from 'fastify'
import {
  type Basis,
  isTaken,
  Keys,
  newOrder,
  type OrderParams,
  Refusal,
  repeated,
  replyOf,
  requestText,
} from './order.ts'
import { peerPool, serving } from './process.ts'
import { paramsSchema } from './schema.ts'

const partnerId = integer('partner_id').notNull()
const instant = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })
const number = (name: string) => bigint(name, { mode: 'number' })

const partners = pgTable('partner', { partnerId, windowDays: integer('window_days').notNull() })
const editions = pgTable('edition', {
  code: text().notNull(),
  version: integer().notNull(),
  windowDays: integer('window_days'),
})
const customerIds = pgTable('customer_remote_id', {
  partnerId,
  remoteId: text('remote_id').notNull(),
  customerId: uuid('customer_id').notNull(),
})
const customers = pgTable('customer', {
  partnerId,
  customerId: uuid('customer_id').notNull(),
  isActive: boolean('is_active').notNull(),
})
const licenses = pgTable('license', {
  partnerId,
  licenseId: uuid('license_id').notNull(),
  customerId: uuid('customer_id').notNull(),
  chainId: number('chain_id'),
  references: jsonb().notNull(),
  createdAt: instant('created_at').notNull(),
})
const chains = pgTable('chain', {
  partnerId,
  chainId: number('chain_id').notNull(),
  customerId: uuid('customer_id').notNull(),
  licenseId: uuid('license_id').notNull(),
  firstStart: instant('first_start').notNull(),
  latestEnd: instant('latest_end').notNull(),
  edition: text().notNull(),
  renewalDueTold: boolean('renewal_due_told').notNull(),
  expiryTold: boolean('expiry_told').notNull(),
  cancellationTold: boolean('cancellation_told').notNull(),
  nextDueAt: instant('next_due_at'),
  settledAt: instant('settled_at').notNull(),
  version: integer().notNull(),
})
const orders = pgTable('orders', {
  partnerId,
  chainId: number('chain_id').notNull(),
  position: integer().notNull(),
  orderId: number('order_id').notNull(),
  remoteId: text('remote_id').notNull(),
  anchor: instant('anchor').notNull(),
  endMonth: integer('end_month').notNull(),
  termStart: instant('term_start').notNull(),
  termEnd: instant('term_end').notNull(),
  licenses: integer().notNull(),
  duration: text().notNull(),
  edition: text().notNull(),
  editionVersion: integer('edition_version').notNull(),
  references: jsonb().notNull(),
  metadata: jsonb().notNull(),
  createdAt: instant('created_at').notNull(),
  request: text().notNull(),
  reply: text().notNull(),
})
const events = pgTable('event', {
  partnerId,
  seq: number('seq').notNull(),
  eventId: uuid('event_id').notNull(),
  type: text().notNull(),
  at: instant('at').notNull(),
  objectKind: text('object_kind').notNull(),
  objectId: text('object_id').notNull(),
  objectVersion: integer('object_version').notNull(),
  data: text().notNull(),
  actor: text().notNull(),
})

const pool = peerPool()
const db = drizzle(pool)
const house = 0

async function write(params: OrderParams): Promise<string> {
  return db.transaction(async (tx) => {
    const found = await tx
      .select({
        customer_id: customers.customerId,
        is_active: customers.isActive,
        edition_version: editions.version,
        window_days: sql<number>`coalesce(${editions.windowDays}, ${partners.windowDays})`,
      })
      .from(customerIds)
      .innerJoin(
        customers,
        and(eq(customers.partnerId, customerIds.partnerId), eq(customers.customerId, customerIds.customerId)),
      )
      .innerJoin(partners, eq(partners.partnerId, customerIds.partnerId))
      .leftJoin(editions, eq(editions.code, params.product))
      .where(and(eq(customerIds.partnerId, house), eq(customerIds.remoteId, params.customer)))
    const basis = found[0]
    if (!basis) throw new Refusal('customer_unknown')
    if (!basis.is_active) throw new Refusal('customer_inactive')
    if (basis.edition_version === null) throw new Refusal('edition_unknown')
    const drawn = await tx.execute<{ number: string }>(sql`select nextval('peer_order') as number`)
    const chainId = Number(drawn.rows[0]?.number)
    const order = newOrder(params, basis as Basis)
    const [now, end, due] = [order.now, order.end, order.due].map((seconds) => new Date(seconds * 1000)) as [
      Date,
      Date,
      Date,
    ]
    const { license: licenseId, endMonth } = order
    const { customer_id: customerId, edition_version: editionVersion } = basis as Basis
    const reply = replyOf(chainId, params, order)
    const common = { partnerId: house, chainId }
    await tx.insert(licenses).values({ ...common, licenseId, customerId, references: {}, createdAt: now })
    await tx.insert(chains).values({
      ...common,
      customerId,
      licenseId,
      firstStart: now,
      latestEnd: end,
      edition: params.product,
      renewalDueTold: false,
      expiryTold: false,
      cancellationTold: false,
      nextDueAt: due,
      settledAt: now,
      version: 1,
    })
    await tx.insert(orders).values({
      ...common,
      position: 1,
      orderId: chainId,
      remoteId: params.id,
      anchor: now,
      endMonth,
      termStart: now,
      termEnd: end,
      licenses: params.licenses,
      duration: params.duration,
      edition: params.product,
      editionVersion,
      references: {},
      metadata: {},
      createdAt: now,
      request: requestText(params),
      reply,
    })
    await tx.insert(events).values({
      partnerId: house,
      seq: sql`nextval('peer_event')`,
      eventId: order.event,
      type: 'order.created',
      at: now,
      objectKind: 'order',
      objectId: params.id,
      objectVersion: 1,
      data: reply,
      actor: 'key:peer',
    })
    return reply
  })
}

const keys = new Keys(pool)
const app = Fastify({ ajv: { customOptions: { removeAdditional: false, coerceTypes: false } } })
app.addHook('onRequest', async (request, reply) => {
  if (!(await keys.knows(request.headers['x-api-key'] as string | undefined)))
    return reply.code(401).send({ error: 'unauthenticated' })
})
app.post<{ Body: OrderParams }>(
  '/createFirstOrder',
  { schema: { body: paramsSchema } },
  async (request, reply) => {
    reply.type('application/json')
    try {
      return await write(request.body)
    } catch (error) {
      if (error instanceof Refusal) return reply.code(409).send(JSON.stringify({ error: error.reason }))
      if (!isTaken(error)) throw error
    }
    try {
      return await repeated(pool, request.body)
    } catch (error) {
      if (error instanceof Refusal) return reply.code(409).send(JSON.stringify({ error: error.reason }))
      throw error
    }
  },
)
await app.listen({ port: 0, host: '127.0.0.1' })
serving(app.server, pool)
