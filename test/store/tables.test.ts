/** `store/tables.ts` against the migrated schema: the same tables, columns, types and keys. */
import { beforeAll, expect, inject, test } from 'vitest'
import { World } from '../../src/ledger/world.ts'
import * as page from '../../src/store/tables.ts'
import { databaseUrl, withClient } from '../database.ts'

interface InSchema {
  columns: Record<string, string>
  key: string[]
}

const inSchema = new Map<string, InSchema>()
beforeAll(async () => {
  await withClient(databaseUrl(inject('serverUrl'), inject('template')), async (client) => {
    const { rows } = await client.query<{ name: string; column: string; type: string; place: number | null }>(
      `select c.relname as name, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
          array_position(i.indkey::int2[], a.attnum) as place
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_index i on i.indrelid = c.oid and i.indisprimary
        where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by c.relname, a.attnum`,
    )
    for (const { name, column, type, place } of rows) {
      const found = inSchema.get(name) ?? { columns: {}, key: [] }
      found.columns[column] = type === 'timestamp with time zone' ? 'timestamptz' : type
      if (place !== null) found.key[place] = column
      inSchema.set(name, found)
    }
  })
})

/** What the code writes by other statements than those made from the page, and why. */
const writtenOtherwise: Record<string, string> = {
  migration: 'marks which migrations were carried out',
  catalogue: 'a single counter, moved by one statement',
}

const described = (Object.values(page) as unknown[]).filter(
  (value): value is page.Table =>
    value !== null && typeof value === 'object' && 'columns' in value && 'key' in value,
)

test.each(described.map((table) => [table.name, table] as const))('%s', (name, table) => {
  const columns = Object.entries(table.columns).map(([member, { type }]) => [page.columnName(member), type])
  const kept = inSchema.get(name)
  expect(kept, `a table ${name}`).toBeDefined()
  expect(Object.fromEntries(columns)).toEqual(kept?.columns)
  const partitioned = kept?.key.filter((column) => column !== undefined)
  expect(table.key.map(page.columnName)).toEqual(partitioned)
})

test('every table of the schema is described, or is written otherwise for a reason', () => {
  const names = new Set([...described.map(({ name }) => name), ...Object.keys(writtenOtherwise)])
  expect([...inSchema.keys()].filter((name) => !names.has(name))).toEqual([])
})

test('what the ledger writes is described, and parents stand before their children', async () => {
  const mint = { uuid: () => '', secret: () => new Uint8Array() }
  const written = new World(1, mint).shelves.map(({ table }) => table.name)
  expect(written.filter((name) => !described.some((table) => table.name === name))).toEqual([])
  const { rows: references } = await withClient(
    databaseUrl(inject('serverUrl'), inject('template')),
    (client) =>
      client.query<{ child: string; parent: string }>(
        `select conrelid::regclass::text as child, confrelid::regclass::text as parent from pg_constraint
        where contype = 'f' and conrelid <> confrelid and connamespace = 'public'::regnamespace`,
      ),
  )
  const isWrong = ({ child, parent }: { child: string; parent: string }): boolean =>
    written.includes(child) && written.includes(parent) && written.indexOf(parent) > written.indexOf(child)
  expect(references.length).toBeGreaterThan(10)
  expect(references.filter(isWrong)).toEqual([])
})

test('members and columns are named by one rule, which can be undone', () => {
  for (const table of described)
    for (const member of Object.keys(table.columns)) {
      const column = page.columnName(member)
      expect(column).toMatch(/^[a-z][a-z0-9_]*$/)
      expect(column.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())).toBe(member)
    }
})
