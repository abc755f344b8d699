/**
 * `npm run sizes`: what an order costs on disk. A service takes customers, first orders and as many renewals, by calls as
 * callers make them, and then each table is weighed, its indexes included.
 *
 *     npm run sizes -- --orders 20000
 */

import { readFile, rm } from 'node:fs/promises'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openEmbedded } from '../../src/store/embedded.ts'
import { withClient } from '../database.ts'
import { temporaryFolder } from '../folder.ts'
import { send } from './load.ts'
import { ServiceProcess } from './processes.ts'

const { values } = parseArgs({ options: { orders: { type: 'string', default: '20000' } } })
/** First orders; each is renewed once. */
const orders = Math.floor(Number(values.orders) / 2)
const ordersPerCustomer = 5
const callsPerArray = 1_000
const root = new URL('../../', import.meta.url).pathname

interface Weight {
  name: string
  rows: string
  heap: string
  indexes: string
}

const weigh = `select c.relname as name, pg_table_size(c.oid) as heap, pg_indexes_size(c.oid) as indexes,
    (xpath('/row/n/text()', query_to_xml('select count(*) as n from ' || c.relname, false, true, '')))[1]::text as rows
  from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and pg_table_size(c.oid) > 1000000
  order by pg_total_relation_size(c.oid) desc`

async function fill(url: string, operator: string): Promise<void> {
  const agent = new Agent({ keepAlive: true })
  const call = async (key: string, body: object): Promise<Record<string, unknown>> => {
    const { status, json } = await send(agent, url, key, body)
    if (status !== 200)
      throw new Error(`A call was answered ${status}: ${JSON.stringify(json).slice(0, 300)}`)
    return json
  }
  const { apiKey } = await call(operator, { method: 'createPartner', params: { name: 'P', sandbox: true } })
  const each = async (count: number, callOf: (index: number) => { method: string; params: object }) => {
    for (let from = 0; from < count; from += callsPerArray) {
      const length = Math.min(callsPerArray, count - from)
      const calls = Array.from({ length }, (_, id) => ({ jsonrpc: '2.0', id, ...callOf(from + id) }))
      const replies = (await call(apiKey as string, calls)) as unknown as { error?: unknown }[]
      const refused = replies.find(({ error }) => error)
      if (refused) throw new Error(JSON.stringify(refused))
    }
  }
  const admin = { email: 'admin@example.com', phone: '111111111', displayName: 'Isa Aswath' }
  await each(orders / ordersPerCustomer, (index) => ({
    method: 'createCustomer',
    params: { id: `CUSTOMER${index}`, name: 'ABC Company', admin },
  }))
  const duration = 'monthly'
  await each(orders, (index) => {
    const customer = `CUSTOMER${Math.floor(index / ordersPerCustomer)}`
    const params = { customer, id: `ORDER${index}`, product: 'oo-lite', licenses: 20, duration }
    return { method: 'createFirstOrder', params }
  })
  await call(apiKey as string, { method: 'advanceClock', params: { days: 20 } })
  await each(orders, (index) => ({
    method: 'createRenewalOrder',
    params: { parent: `ORDER${index}`, id: `RENEWAL${index}` },
  }))
  agent.destroy()
}

const folder = await temporaryFolder('tenure-sizes')
const embedded = await openEmbedded({ dataDirectory: join(folder, 'data'), settings: { fsync: 'off' } })
const dataDirectory = join(folder, 'service')
const service = await ServiceProcess.open({ root, databaseUrl: embedded.url, dataDirectory })
try {
  await fill(service.url, (await readFile(join(dataDirectory, 'initial-key'), 'utf8')).trim())
  const weights = await withClient(embedded.url, async (client) => {
    await client.query('vacuum')
    return (await client.query<Weight>(weigh)).rows
  })
  process.stdout.write(
    `${orders * 2} orders, half of them renewals, of ${orders / ordersPerCustomer} customers\n` +
      `table               rows   bytes a row   of which indexes   bytes an order\n`,
  )
  let whole = 0
  for (const { name, rows, heap, indexes } of weights) {
    const bytes = Number(heap) + Number(indexes)
    whole += bytes
    const cells = [rows.padStart(10), (bytes / Number(rows)).toFixed(0).padStart(14)]
    cells.push((Number(indexes) / Number(rows)).toFixed(0).padStart(19))
    cells.push((bytes / orders / 2).toFixed(0).padStart(17))
    process.stdout.write(`${name.padEnd(14)}${cells.join('')}\n`)
  }
  process.stdout.write(`all           ${(whole / orders / 2).toFixed(0).padStart(60)}\n`)
} finally {
  await service.stop()
  await embedded.close()
  await rm(folder, { recursive: true, force: true })
}
