/**
 * No page reads a table from end to end, whatever a partner has: the queries that each page really sends are caught, and
 * PostgreSQL tells how it carries them out on many rows, with statistics and the settings of the service.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withClient } from '../database.ts'
import { type House, openHouse } from '../house.ts'
import { crowd, fill } from './crowd.ts'
import { Visitor } from './visitor.ts'

interface Caught {
  readonly text: string
  readonly values: unknown[]
}

/** Listens to every query of this process while a page is made. */
const caught: Caught[] = []
let isListening = false
const query = pg.Client.prototype.query as (...given: unknown[]) => unknown
const listen = function (this: pg.Client, ...given: unknown[]): unknown {
  const [first, second] = given as [string | Caught, unknown[] | undefined]
  if (isListening)
    caught.push(
      typeof first === 'string'
        ? { text: first, values: second ?? [] }
        : { text: first.text, values: first.values ?? [] },
    )
  return query.apply(this, given)
}

let house: House
let visitor: Visitor
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  const partner = await house.partner()
  await fill(house, partner.number)
  visitor = await Visitor.signedIn(partner)
  pg.Client.prototype.query = listen as never
})
afterAll(async () => {
  pg.Client.prototype.query = query as never
  await house.close()
})

interface Node {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Index Recheck'?: number
  readonly Plans?: readonly Node[]
}

/** Tables that business does not make larger; some of them are asked in the background all the time. */
const small = new Set([
  'webhook_endpoint',
  'webhook_cursor',
  'shop_source',
  'partner',
  'api_key',
  'edition',
  'edition_version',
  'product',
  'migration',
  'catalogue',
])

function scans(node: Node): Node[] {
  const own = node['Relation Name'] !== undefined && !small.has(node['Relation Name']) ? [node] : []
  return [...own, ...(node.Plans ?? []).flatMap(scans)]
}

/** How many rows a node has looked at. */
function looked(node: Node): number {
  const each =
    node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
  return Math.round(each * node['Actual Loops'])
}

async function plansOf(
  path: string,
): Promise<{ status: number; bytes: number; queries: Caught[]; nodes: Node[] }> {
  // Once before, so that what is kept for a while is not part of it.
  await visitor.get(path)
  caught.length = 0
  isListening = true
  const { status, text } = await visitor.get(path)
  isListening = false
  const queries = caught.filter((one) => /^\s*(?:select|with)\b/i.test(one.text))
  const nodes = await withClient(house.databaseUrl, async (client) => {
    await client.query('set enable_seqscan = off; set jit = off; set timezone = utc')
    const found: Node[] = []
    for (const { text, values } of queries) {
      const { rows } = await client.query(`explain (analyze, timing off, format json) ${text}`, values)
      found.push(...scans(rows[0]['QUERY PLAN'][0].Plan))
    }
    return found
  })
  return { status, bytes: Buffer.byteLength(text), queries, nodes }
}

const uuidOf = async (table: string, column: string, kind: string): Promise<string> => {
  const [row] = await house.sql<{ id: string }>(
    `select ${column} as id from ${table} where ${column} = md5('${kind}7')::uuid`,
  )
  return row?.id as string
}

/** Bounds of what a page may look at in one table. The year and a search go along so many rows by design, and no further. */
const usual = 6_000
const bounded = 21_000

describe.each<[string, () => string | Promise<string>, number]>([
  ['the overview', () => '/console', bounded],
  ['customers', () => '/console/customers', usual],
  ['a search that finds little', () => '/console/customers?search=number%2029999', bounded],
  ['a search that finds nothing', () => '/console/customers?search=nobody', bounded],
  ['a search by e-mail address', () => '/console/customers?search=mail77%40example.com', bounded],
  ['a customer', () => '/customeranalytics?customernumber=K777', usual],
  ['licences', () => '/licenses', usual],
  ['licences of a customer', () => '/licenses?customernumber=K777', usual],
  ['licences of a contract', () => '/licenses?by=contract&number=C777', usual],
  ['licences of an order', () => '/licenses?by=order&number=O777', usual],
  ['a licence', async () => `/console/licenses/${await uuidOf('license', 'license_id', 'l')}`, usual],
  ['orders', () => '/console/orders', usual],
  ['orders of a customer', () => '/console/orders?customer=K777', usual],
  ['renewals due', () => '/console/orders?show=due', usual],
  ['an order', () => '/console/order?id=O777', usual],
  ['finding an order', () => '/console/find?q=O777', usual],
  ['finding a contract', () => '/console/find?q=C777', usual],
  ['finding nothing', () => '/console/find?q=nothing', usual],
  ['consumers', () => '/console/consumers', usual],
  ['consumers of a customer', () => '/console/consumers?customer=K777', usual],
  ['a consumer', async () => `/console/consumers/${await uuidOf('consumer', 'consumer_id', 'c')}`, usual],
  ['events', () => '/console/events', usual],
  ['events of a rare type', () => '/console/events?type=customer.renamed', usual],
  ['webhooks', () => '/console/webhooks', usual],
  ['the inbox', () => '/console/inbox?state=parked', usual],
  ['the catalogue', () => '/console/catalogue', usual],
  ['keys', () => '/console/keys', usual],
])('%s', (_, pathOf, bound) => {
  test(`looks along indexes, at a part of ${crowd.toLocaleString('en')} rows, and stays small`, async () => {
    const path = await pathOf()
    const { status, bytes, queries, nodes } = await plansOf(path)
    expect({ path, status, some: queries.length > 0 }).toEqual({
      path,
      status: path.includes('find') ? expect.any(Number) : 200,
      some: true,
    })
    expect({ path, small: bytes < 100_000 }).toEqual({ path, small: true })
    const wrong = nodes.filter((node) => node['Node Type'] === 'Seq Scan' || looked(node) > bound)
    expect(
      wrong.map((node) => `${node['Node Type']} of ${node['Relation Name']}: ${looked(node)} rows`),
    ).toEqual([])
  })
})

test('a plan that reads a table from end to end would be seen', async () => {
  await withClient(house.databaseUrl, async (client) => {
    await client.query('set enable_seqscan = off')
    const { rows } = await client.query(
      `explain (analyze, timing off, format json) select from customer where name = 'x'`,
    )
    const [scan] = scans(rows[0]['QUERY PLAN'][0].Plan)
    expect(looked(scan as Node)).toBeGreaterThan(bounded)
  })
})
