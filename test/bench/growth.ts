/**
 * The same calls with ten thousand, a million and more orders present. The rows are copies of one real order and its
 * customer, made by SQL: ten orders a customer, each with its licence and its event, so that every constraint holds.
 */
import pg from 'pg'
import { withClient } from '../database.ts'
import type { CallName } from './calls.ts'
import { uuidOf } from './ceiling.ts'
import { type BenchServer, count } from './database.ts'
import type { Cost } from './driver.ts'
import { resetPeak } from './processes.ts'
import { type Existing, rowOf, Stage } from './stage.ts'

export interface Grown {
  readonly orders: number
  /** Seconds that making the rows took. */
  readonly seconds: number
  readonly calls: { name: CallName; rate: number; p50: number; p99: number; cost: Cost }[]
  /** Megabytes of the service, the most while these calls were made. */
  readonly memory: number | undefined
}

const ordersPerCustomer = 10
const template = 'template'
/** Rows that one statement makes. */
const slice = 200_000

/** The call that writes comes last, so that the reads find the same number of orders a customer at each size. */
const measured: readonly { call: CallName; of: 'customer' | 'order' }[] = [
  { call: 'getOrder', of: 'order' },
  { call: 'listOrders', of: 'customer' },
  { call: 'checkEntitlement', of: 'customer' },
  { call: 'createFirstOrder', of: 'customer' },
]

/** Measures at each size, from the smallest to the largest; the service is started anew at each. */
export async function measureGrowth(
  server: BenchServer,
  sizes: readonly number[],
  seconds: number,
  tell: (line: string) => void,
): Promise<Grown[]> {
  const first = await Stage.open(server)
  const { databaseUrl } = first.service
  const admin = { email: 'admin@example.com', phone: '111111111', displayName: 'Isa Aswath' }
  try {
    await first.call('createCustomer', { id: template, name: 'ABC Company', admin })
    const order = { customer: template, id: template, product: 'oo-lite', licenses: 20, duration: 'monthly' }
    await first.call('createFirstOrder', order)
  } finally {
    await first.close()
  }
  const found: Grown[] = []
  let present = 0
  for (const size of sizes) {
    const began = performance.now()
    await grow(databaseUrl, present, size)
    const took = (performance.now() - began) / 1_000
    tell(`${size} orders are there after ${took.toFixed(1)} s`)
    present = size
    const stage = await Stage.open(server, { databaseUrl, dataDirectory: first.dataDirectory })
    try {
      resetPeak(stage.service.pid)
      const calls: Grown['calls'] = []
      for (const { call, of } of measured) {
        const existing: Existing = { of, existing: of === 'order' ? size : size / ordersPerCustomer }
        // A service that has just been started is not yet as fast as it will be.
        await stage.round(rowOf(call), call, { seconds: Math.min(1, seconds) }, existing)
        const { rate, p50, p99, cost } = await stage.round(rowOf(call), call, { seconds }, existing)
        calls.push({ name: call, rate, p50, p99, cost })
        tell(`${call} with ${size} orders ${Math.round(rate)} calls/s`)
      }
      found.push({ orders: size, seconds: took, calls, memory: stage.service.memory()?.most })
    } finally {
      await stage.close()
    }
  }
  return found
}

/** The next free number of a kind; `$1` stands for the first copy of the statement. */
const next = (counter: string) => `n - $1 + 1 + (select ${counter} from partner where partner_id = 0)`
const number = next('last_order_id')
const nameOf = (kind: string, n: string) => `'${kind}' || lpad((${n})::text, 9, '0')`
const renamed = (column: string, kind: string) =>
  `replace(t.${column}::text, '"${template}"', '"' || ${nameOf(kind, 'n')} || '"')`

type Overrides = Record<string, string>

const customerCopies: Record<string, Overrides> = {
  customer: { customer_id: uuidOf('n'), id: next('last_customer_id'), remote_id: nameOf('customer', 'n') },
  customer_remote_id: {
    customer_id: uuidOf('n'),
    remote_id: nameOf('customer', 'n'),
    request: renamed('request', 'customer'),
    reply: renamed('reply', 'customer'),
  },
}

const ownerOfOrder = uuidOf(`n / ${ordersPerCustomer}`)
const orderCopies: Record<string, Overrides> = {
  license: { license_id: uuidOf('n'), customer_id: ownerOfOrder, chain_id: number },
  chain: { chain_id: number, customer_id: ownerOfOrder, license_id: uuidOf('n') },
  orders: {
    chain_id: number,
    order_id: number,
    remote_id: nameOf('order', 'n'),
    request: renamed('request', 'order'),
    reply: renamed('reply', 'order'),
  },
  event: {
    seq: next('last_seq'),
    event_id: uuidOf('n'),
    object_id: nameOf('order', 'n'),
    data: `${renamed('data', 'order')}::json`,
  },
}

const templateRow: Record<string, string> = {
  customer: `remote_id = '${template}'`,
  customer_remote_id: `remote_id = '${template}'`,
  license: 'chain_id = 1',
  chain: 'chain_id = 1',
  orders: 'chain_id = 1',
  event: `object_kind = 'order' and object_id = '${template}'`,
}

/** Brings a database from so many copied orders to so many. */
export async function grow(databaseUrl: string, from: number, to: number): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    await trustingCopies(client)
    const share = ordersPerCustomer
    for (let first = from; first < to; first += slice) {
      const after = Math.min(to, first + slice)
      await client.query('begin')
      for (const [table, overrides] of Object.entries(customerCopies))
        await copies(client, table, overrides, first / share, after / share)
      for (const [table, overrides] of Object.entries(orderCopies))
        await copies(client, table, overrides, first, after)
      await client.query(
        `update partner set last_seq = last_seq + $1, last_order_id = last_order_id + $1,
          last_customer_id = last_customer_id + $2 where partner_id = 0`,
        [after - first, (after - first) / share],
      )
      await client.query('commit')
    }
    await client.query('reset session_replication_role')
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  })
  await verify(databaseUrl, to)
}

/** Leaves the check of each single reference out where the role may; `verify` looks at all of them together. */
async function trustingCopies(client: pg.Client): Promise<void> {
  try {
    await client.query('set session_replication_role = replica')
  } catch (error) {
    if (!(error instanceof pg.DatabaseError && error.code === '42501')) throw error
  }
}

async function copies(client: pg.Client, table: string, overrides: Overrides, first: number, after: number) {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped and attgenerated = '' order by attnum`,
    [table],
  )
  const columns = rows.map(({ name }) => `"${name}"`).join(', ')
  const values = rows
    .map(({ name }) => overrides[name]?.replace('$1', String(first)) ?? `t."${name}"`)
    .join(', ')
  await client.query(`insert into ${table} (${columns}) select ${values}
    from generate_series(${first}, ${after - 1}) n, (select * from ${table} where ${templateRow[table]} limit 1) t`)
}

async function verify(databaseUrl: string, orders: number): Promise<void> {
  const loose = await count(
    databaseUrl,
    `select (select count(*) from license l left join customer c using (partner_id, customer_id) where c.id is null)
      + (select count(*) from chain c left join license l using (partner_id, license_id) where l.license_id is null)
      + (select count(*) from orders o left join chain c using (partner_id, chain_id) where c.chain_id is null)
      + (select count(*) from partner where last_seq <> (select max(seq) from event)) as count`,
  )
  const present = await count(databaseUrl, 'select count(*) from orders')
  if (loose > 0 || present < orders)
    throw new Error(`The copied rows do not fit together: ${loose} loose ones among ${present} orders.`)
}
