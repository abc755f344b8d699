/**
 * What can be known without Citus of `schema/citus.sql`: that it names every table of a migrated database once, in an
 * order that keys permit, and that no key forbids what it does. It has not been run on a cluster; docs/scaling.md says so.
 */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../house.ts'

const file = readFileSync(new URL('../../schema/citus.sql', import.meta.url), 'utf8').replace(/^--.*$/gm, '')

const named = (call: string): string[] =>
  [...file.matchAll(new RegExp(`select ${call}\\('(\\w+)'`, 'g'))].map(([, table]) => table as string)
const reference = named('create_reference_table')
const distributed = named('create_distributed_table')
const local = named('citus_add_local_table_to_metadata')
const dropped = [...file.matchAll(/drop constraint (\w+)/g)].map(([, name]) => name as string)

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

interface Key {
  name: string
  from: string
  to: string
  columns: string[]
  others: string[]
}

const keys = (): Promise<Key[]> =>
  house.sql<Key>(
    `select c.conname as name, c.conrelid::regclass::text as from, c.confrelid::regclass::text as to,
        array(select attname::text from unnest(c.conkey) with ordinality as k (n, at)
          join pg_attribute on attrelid = c.conrelid and attnum = k.n order by at) as columns,
        array(select attname::text from unnest(c.confkey) with ordinality as k (n, at)
          join pg_attribute on attrelid = c.confrelid and attnum = k.n order by at) as others
      from pg_constraint c where c.contype = 'f' and c.connamespace = 'public'::regnamespace order by 1`,
  )

test('every table of a migrated database is named once', async () => {
  const tables = await house.sql<{ name: string }>(
    `select relname as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
  )
  expect([...reference, ...distributed, ...local].sort()).toEqual(tables.map(({ name }) => name).sort())
})

test('nothing else stands in it', () => {
  const statements = file.split(';').map((statement) => statement.replace(/\s+/g, ' ').trim())
  const known = /^(?:begin|commit|alter table \w+ drop constraint \w+|select \w+\('\w+'.*\)|)$/
  expect(statements.filter((statement) => !known.test(statement))).toEqual([])
})

test('all are distributed by the partner, beside the partner', () => {
  const calls = [...file.matchAll(/create_distributed_table\('(\w+)', (.*)\)/g)].map(([, table, how]) => [
    table,
    how,
  ])
  const beside = `'partner_id', colocate_with => 'partner'`
  expect(calls).toEqual(distributed.map((table) => [table, table === 'partner' ? `'partner_id'` : beside]))
})

test('a table comes after those that its keys lead to', async () => {
  const order = [...reference, ...distributed]
  const late = (await keys()).filter(
    ({ name, from, to }) => !dropped.includes(name) && order.indexOf(from) < order.indexOf(to),
  )
  expect(late).toEqual([])
})

test('keys lead into reference tables, or from partner to partner; those that could not are dropped, and no others', async () => {
  const astray = (await keys()).filter(({ from, to, columns, others }) => {
    if (distributed.includes(from) && reference.includes(to)) return false
    if (reference.includes(from)) return !reference.includes(to)
    const at = columns.indexOf('partner_id')
    return at < 0 || others[at] !== 'partner_id'
  })
  expect(astray.map(({ name }) => name)).toEqual(dropped)
})

test('what is unique in a distributed table is so within a partner, without expressions over it', async () => {
  const indexes = await house.sql<{ name: string; first: string }>(
    `select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid, 1, true) as first from pg_index
      where indisunique and indrelid::regclass::text = any ($1)`,
    [distributed],
  )
  expect(indexes.length).toBeGreaterThanOrEqual(distributed.length)
  expect(indexes.filter(({ first }) => first !== 'partner_id')).toEqual([])
})

test('no trigger stands in the way', async () => {
  expect(await house.sql('select tgname from pg_trigger where not tgisinternal')).toEqual([])
})
