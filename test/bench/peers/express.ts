/**
 * A peer: Express, jayson and pg, with one transaction per call, as most services of this kind are written. It checks
 * the key, validates with zod, loads customer and edition, writes licence, chain, order and event with named prepared
 * statements, and recognises a repeat. It does not lock the partner: positions in its feed may have gaps and may become
 * visible out of order. Members of an array are carried out side by side, in no order.
 */
import express, { type Handler } from 'express'
import jayson from 'jayson/promise/index.js'
import type pg from 'pg'
import { z } from 'zod'
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

const Params = z.strictObject({
  customer: z.string().min(1).max(255),
  id: z.string().min(1).max(255),
  product: z.string().min(1).max(100),
  licenses: z.int().min(1).max(10_000_000),
  duration: z.enum(['monthly', 'yearly']),
})

const basisText = `select c.customer_id, c.is_active, e.version as edition_version,
    coalesce(e.window_days, p.window_days) as window_days
  from customer_remote_id r
  join customer c on c.partner_id = r.partner_id and c.customer_id = r.customer_id
  join partner p on p.partner_id = r.partner_id
  left join edition e on e.code = $2
  where r.partner_id = 0 and r.remote_id = $1`
const licenseText = `insert into license (partner_id, license_id, customer_id, chain_id, "references", created_at)
  values (0, $1, $2, $3, '{}', to_timestamp($4))`
const chainText = `insert into chain (partner_id, chain_id, customer_id, license_id, first_start, latest_end, edition,
    renewal_due_told, expiry_told, cancellation_told, next_due_at, settled_at, version)
  values (0, $1, $2, $3, to_timestamp($4), to_timestamp($5), $6, false, false, false, to_timestamp($7),
    to_timestamp($4), 1)`
const orderText = `insert into orders (partner_id, chain_id, position, order_id, remote_id, anchor, end_month, term_start,
    term_end, licenses, duration, edition, edition_version, "references", metadata, created_at, request, reply)
  values (0, $1, 1, $1, $2, to_timestamp($3), $4, to_timestamp($3), to_timestamp($5), $6, $7, $8, $9, '{}', '{}',
    to_timestamp($3), $10, $11)`
const eventText = `insert into event (partner_id, seq, event_id, type, at, object_kind, object_id, object_version, data, actor)
  values (0, nextval('peer_event'), $1, 'order.created', to_timestamp($2), 'order', $3, 1, $4, 'key:peer')`

async function write(client: pg.PoolClient, params: OrderParams): Promise<string> {
  const { customer, id, product, licenses, duration } = params
  const run = (name: string, text: string, values: unknown[]) => client.query({ name, text, values })
  const basis = (await run('basis', basisText, [customer, product])).rows[0] as Basis | undefined
  if (!basis) throw new Refusal('customer_unknown')
  if (!basis.is_active) throw new Refusal('customer_inactive')
  if (basis.edition_version === null) throw new Refusal('edition_unknown')
  const number = Number((await run('number', `select nextval('peer_order') as number`, [])).rows[0].number)
  const order = newOrder(params, basis)
  const { now, end, endMonth, due, license, event } = order
  const reply = replyOf(number, params, order)
  await run('license', licenseText, [license, basis.customer_id, number, now])
  await run('chain', chainText, [number, basis.customer_id, license, now, end, product, due])
  await run('order', orderText, [
    number,
    id,
    now,
    endMonth,
    end,
    licenses,
    duration,
    product,
    basis.edition_version,
    requestText(params),
    reply,
  ])
  await run('event', eventText, [event, now, id, reply])
  return reply
}

async function createFirstOrder(pool: pg.Pool, params: OrderParams): Promise<string> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const reply = await write(client, params)
    await client.query('commit')
    return reply
  } catch (error) {
    await client.query('rollback')
    if (!isTaken(error)) throw error
  } finally {
    client.release()
  }
  return repeated(pool, params)
}

const pool = peerPool()
const keys = new Keys(pool)
const server = new jayson.Server({
  createFirstOrder: async (given: unknown) => {
    const params = Params.safeParse(given)
    if (!params.success) throw server.error(-32602, 'Invalid params', { reason: 'params_invalid' })
    try {
      return JSON.parse(await createFirstOrder(pool, params.data))
    } catch (error) {
      if (error instanceof Refusal) throw server.error(-32000, error.message, { reason: error.reason })
      throw error
    }
  },
})
const app = express()
app.disable('x-powered-by')
const keyed: Handler = async (request, response, next) => {
  if (await keys.knows(request.get('x-api-key'))) next()
  else response.status(401).json({ error: 'unauthenticated' })
}
app.use(keyed)
app.use(express.json({ limit: '4mb' }))
app.post('/rpc', server.middleware())
const listening = app.listen(0, '127.0.0.1', () => serving(listening, pool))
