/**
 * Partner first: every key begins with the partner, and every statement that the service really sends says which partner
 * it is about. The first is read from the schema; for the second a service does everything that it can do while its
 * statements are caught, and PostgreSQL's own plans tell by what each table is searched. So the tables could be
 * distributed by partner, and nobody finds what is somebody else's by forgetting a condition.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registry } from '../../src/methods/index.ts'
import { withClient } from '../database.ts'
import type { House } from '../house.ts'
import { type Done, doEverything, openBusyHouse } from './everyStatement.ts'
import { type Node, unboundTables } from './plans.ts'

interface Caught {
  readonly text: string
  readonly values: unknown[]
}

/** Statements that are not about one partner, each with why that is so. */
const exceptions: readonly { statement: RegExp; tables: string[]; why: string }[] = [
  {
    statement: /left join api_key k using \(key_id\)/,
    tables: ['api_key'],
    why: 'a caller shows nothing but the key, which tells the partner',
  },
  {
    statement: /^select exists \(select from api_key\)/,
    tables: ['api_key'],
    why: 'the first start makes a key where there is none at all',
  },
  {
    statement: /^select max\(partner_id\) \+ 1 as next from partner$/,
    tables: ['partner'],
    why: 'a new partner takes the next number',
  },
  {
    statement: /^select .* from "partner" (?:where .*)?order by "partner_id" limit/,
    tables: ['partner'],
    why: 'an operator lists partners',
  },
  {
    statement: /from shop_source s\s+where s\.source_id = /,
    tables: ['shop_source'],
    why: 'a shop shows nothing but the id in its address, which tells the partner',
  },
  {
    statement: /^select exists \(select from shop_source\)/,
    tables: ['shop_source'],
    why: 'the inbox asks whether any partner has a shop at all',
  },
  {
    statement: /^select exists \(select from webhook_endpoint where deleted_at is null\)/,
    tables: ['webhook_endpoint'],
    why: 'the outbox asks whether any partner has an endpoint at all',
  },
  {
    statement: /^select p\.partner_id as id, due\.oldest from partner p/,
    tables: ['partner', 'chain', 'license'],
    why: 'the sweep looks for partners on whom something is due',
  },
  {
    statement:
      /^select partner_id as id, extract\(epoch from now\(\)\)\S+ as "databaseNow" from partner where last_seq > 0/,
    tables: ['partner'],
    why: 'what is past its retention is looked for at every partner',
  },
  {
    statement: /^select c\.partner_id as "partnerId", c\.endpoint_id as "endpointId"/,
    tables: ['webhook_cursor', 'webhook_endpoint', 'partner'],
    why: 'the outbox looks for endpoints that are behind',
  },
  {
    statement: /^select distinct partner_id as id from webhook_redelivery limit/,
    tables: ['webhook_redelivery'],
    why: 'the outbox looks for what anybody has asked to be sent once more',
  },
  {
    statement: /^select distinct partner_id as id from inbox_replay limit/,
    tables: ['inbox_replay'],
    why: 'the inbox looks for what anybody has asked to be applied once more',
  },
  {
    statement: /as oldest,[\s\S]*to_regclass\('pgboss\.job'\)/,
    tables: ['webhook_cursor', 'webhook_endpoint', 'partner', 'event', 'inbox_item'],
    why: 'figures for whoever watches the service are about all partners',
  },
  {
    statement: /^analyze /,
    tables: ['every'],
    why: 'statistics are about tables and tell nothing of rows',
  },
]

/** Every statement that this process sends, by its text. */
const caught = new Map<string, Caught[]>()
const query = pg.Client.prototype.query as (...given: unknown[]) => unknown
const mostOfEach = 5

function listen(this: pg.Client, ...given: unknown[]): unknown {
  const [first, second] = given as [string | { text: string; values?: unknown[] }, unknown[] | undefined]
  const one =
    typeof first === 'string'
      ? { text: first, values: Array.isArray(second) ? second : [] }
      : { text: first.text, values: first.values ?? [] }
  const same = caught.get(one.text) ?? []
  if (same.length < mostOfEach) caught.set(one.text, [...same, one])
  return query.apply(this, given)
}

let house: House
let done: Done
/** Tables that have the partner in their rows. */
let owned: string[]
beforeAll(async () => {
  pg.Client.prototype.query = listen as never
  house = await openBusyHouse()
  owned = (
    await house.sql<{ name: string }>(
      `select table_name as name from information_schema.columns
        where table_schema = 'public' and column_name = 'partner_id' order by 1`,
    )
  ).map(({ name }) => name)
  done = await doEverything(house).finally(() => {
    pg.Client.prototype.query = query as never
  })
}, 120_000)
afterAll(() => house.close())

/** The tables of partners that a statement names where tables stand. */
function namedIn(text: string): string[] {
  return owned.filter((table) =>
    new RegExp(
      `\\b(?:from|join|update|into|copy)\\s+"?${table}"?(?![\\w"])|,\\s*"?${table}"?\\s+\\w+\\s+(?:where|join)`,
      'i',
    ).test(text),
  )
}

/** Tables that a statement writes into or searches without saying whose rows it means. */
async function unbound(client: pg.Client, sent: readonly Caught[]): Promise<string[]> {
  const [{ text }] = sent as [Caught]
  const named = namedIn(text)
  const written = [...text.matchAll(/\b(?:insert into|copy) "?(\w+)"?\s*\(([^)]*)\)/gi)]
  const withoutOwner = written.filter(
    ([, table, columns]) => owned.includes(table as string) && !/\bpartner_id\b/.test(columns as string),
  )
  const wrong = new Set(withoutOwner.map(([, table]) => table as string))
  if (/^analyze /i.test(text)) return ['every']
  if (/^copy /i.test(text)) return [...wrong]
  // A plan may leave a table out that the values at hand make needless; then others are tried.
  const seen = new Set<string>()
  for (const { values } of sent) {
    const { rows } = await client.query(`explain (verbose, format json) ${text}`, values)
    const plan = rows[0]['QUERY PLAN'][0].Plan as Node
    for (const table of unboundTables(plan, owned, seen)) wrong.add(table)
  }
  for (const table of named) if (!seen.has(table)) wrong.add(`${table}, which no plan shows`)
  return [...wrong]
}

describe('statements', () => {
  test('everything was done: each method was carried out at least once', () => {
    expect([...done].sort()).toEqual(Object.keys(registry).sort())
  })

  test('each table of partners is written or read by one of them', () => {
    const met = new Set([...caught.keys()].flatMap(namedIn))
    expect(owned.filter((table) => !met.has(table))).toEqual([])
  })

  test('each says which partner it is about, but for those that are named with their reason', async () => {
    const wrong: string[] = []
    const used = new Set<RegExp>()
    await withClient(house.databaseUrl, async (client) => {
      await client.query('set enable_seqscan = off; set jit = off; set timezone = utc')
      for (const [text, sent] of caught) {
        if (namedIn(text).length === 0 && !/^analyze /i.test(text)) continue
        const tables = await unbound(client, sent)
        const allowed = exceptions.find(({ statement }) => statement.test(text))
        if (tables.length > 0 && allowed) used.add(allowed.statement)
        const rest = tables.filter((table) => !allowed?.tables.includes(table))
        if (rest.length > 0) wrong.push(`${rest.join(', ')} in: ${text}`)
      }
    })
    expect(wrong).toEqual([])
    expect(exceptions.filter(({ statement }) => !used.has(statement)).map(({ why }) => why)).toEqual([])
  })

  test.each([
    ['select name from customer where remote_id = $1', ['x'], ['customer']],
    ['select name from customer where partner_id = $1 and remote_id = $2', [1, 'x'], []],
    ['select name from customer where partner_id > $1', [1], ['customer']],
    ['select name from customer where (partner_id, id) not in (select 1, 2)', [], ['customer']],
    ['select name from customer where partner_id = $1 or remote_id = $2', [1, 'x'], ['customer']],
    ['select from chain c join orders o using (chain_id) where c.partner_id = $1', [1], ['orders']],
    ['select from chain c join orders o using (partner_id, chain_id) where c.partner_id = $1', [1], []],
    ['select from chain c where partner_id = $1 and exists (select from license)', [1], ['license']],
    ['update orders set licenses = 1 where remote_id = $1', ['x'], ['orders']],
    ['delete from event where seq < $1', [1], ['event']],
  ])('the test would see it: %s', async (text, values, tables) => {
    await withClient(house.databaseUrl, async (client) => {
      expect(await unbound(client, [{ text, values }])).toEqual(tables)
    })
  })
})

describe('keys', () => {
  const catalogue = ['product', 'edition', 'edition_version']

  test('every primary key and unique index of a partner’s table begins with the partner', async () => {
    const rows = await house.sql<{ index: string }>(
      `select i.indexrelid::regclass::text as index from pg_index i join pg_class t on t.oid = i.indrelid
        where t.relname = any ($1) and t.relnamespace = 'public'::regnamespace and i.indisunique
          and pg_get_indexdef(i.indexrelid, 1, true) <> 'partner_id'`,
      [owned],
    )
    // A caller shows nothing but the key.
    expect(rows.map(({ index }) => index)).toEqual(['api_key_id'])
  })

  test('so does every other index, but for the one by which a shop’s address is found', async () => {
    const rows = await house.sql<{ index: string }>(
      `select i.indexrelid::regclass::text as index from pg_index i join pg_class t on t.oid = i.indrelid
        where t.relname = any ($1) and t.relnamespace = 'public'::regnamespace and not i.indisunique
          and pg_get_indexdef(i.indexrelid, 1, true) <> 'partner_id'`,
      [owned],
    )
    expect(rows.map(({ index }) => index)).toEqual(['shop_source_public'])
  })

  test('every foreign key leads from partner to partner, or into the catalogue', async () => {
    const rows = await house.sql<{ name: string; to: string; own: string; others: string }>(
      `select c.conname as name, c.confrelid::regclass::text as to, a.attname as own, b.attname as others
        from pg_constraint c
        join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        join pg_attribute b on b.attrelid = c.confrelid and b.attnum = c.confkey[1]
        where c.contype = 'f' and c.connamespace = 'public'::regnamespace and c.conrelid::regclass::text = any ($1)`,
      [owned],
    )
    expect(rows.length).toBeGreaterThan(10)
    const astray = rows.filter(
      ({ to, own, others }) => !catalogue.includes(to) && !(own === 'partner_id' && others === 'partner_id'),
    )
    expect(astray).toEqual([])
  })
})
