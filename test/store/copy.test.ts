/** COPY as the ledger uses it: every type of column comes back as it went in, and a refused COPY harms nothing else. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { copyAll, sendCopy } from '../../src/store/copy.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import * as tables from '../../src/store/tables.ts'
import { databaseUrl } from '../database.ts'

interface Everything {
  partnerId: number
  wide: number | null
  at: number | null
  yes: boolean | null
  words: string | null
  plain: unknown
  binary: unknown
  id: string | null
  bytes: string | null
  list: string[] | null
  ids: string[] | null
}

const everything: tables.Table<Everything> = {
  name: 'everything',
  key: ['partnerId'],
  columns: {
    partnerId: tables.integer,
    wide: tables.bigint,
    at: tables.instant,
    yes: tables.boolean,
    words: tables.text,
    plain: tables.json,
    binary: tables.jsonb,
    id: tables.uuid,
    bytes: tables.bytes,
    list: tables.texts,
    ids: tables.uuids,
  },
}

let store: Store
let client: pg.PoolClient

beforeAll(async () => {
  store = openStore(databaseUrl(inject('serverUrl'), 'postgres'), { connections: 1 })
  client = await store.pool.connect()
  await client.query(`create temporary table everything (partner_id integer primary key, wide bigint, at timestamptz, yes boolean,
    words text, plain json, "binary" jsonb, id uuid, bytes bytea, list text[], ids uuid[],
    constraint everything_positive check (partner_id > 0))`)
})

afterAll(async () => {
  client.release()
  await store.close()
})

const nothing: Everything = {
  partnerId: 1,
  wide: null,
  at: null,
  yes: null,
  words: null,
  plain: null,
  binary: null,
  id: null,
  bytes: null,
  list: null,
  ids: null,
}

async function thereAndBack(row: Everything): Promise<Everything> {
  await client.query('truncate everything')
  await sendCopy(client, copyAll(everything, [row]))
  const { rows } = await client.query<Everything>(
    `select partner_id as "partnerId", wide, at, yes, words, plain, "binary", id, encode(bytes, 'hex') as bytes, list, ids
     from everything`,
  )
  return rows[0] as Everything
}

describe('what goes in comes back', () => {
  test.each<[string, Partial<Everything>]>([
    ['nothing but the key', {}],
    ['the largest integer', { partnerId: 2_147_483_647 }],
    ['a wide number', { wide: 2 ** 53 - 1 }],
    ['a wide negative number', { wide: -(2 ** 53 - 1) }],
    ['zero and minus one', { wide: -1, at: 0 }],
    ['the moment PostgreSQL counts from', { at: 946_684_800 }],
    ['a second before it', { at: 946_684_799 }],
    ['today', { at: 1_795_262_400 }],
    ['long ago', { at: -2_208_988_800 }],
    ['the last second of the year 9999', { at: 253_402_300_799 }],
    ['true', { yes: true }],
    ['false', { yes: false }],
    ['an empty text', { words: '' }],
    ['letters of every length', { words: 'aß€𝄞\t\n\\.\\N"' }],
    ['a long text', { words: '€'.repeat(200_000) }],
    ['JSON', { plain: { b: [1, null, 'é'], a: {} }, binary: { a: {}, b: [1, null, 'é'] } }],
    ['JSON that is a text', { plain: 'x', binary: 'y' }],
    ['a UUID', { id: '019a0b1c-2d3e-7f40-8123-456789abcdef' }],
    ['bytes', { bytes: '00ff10' }],
    ['no bytes', { bytes: '' }],
    ['empty lists', { list: [], ids: [] }],
    ['lists', { list: ['', 'a,b', '"', '{}', 'NULL'], ids: ['019a0b1c-2d3e-7f40-8123-456789abcdef'] }],
  ])('%s', async (_, given) => {
    const row = { ...nothing, ...given }
    expect(await thereAndBack(row)).toEqual(row)
  })

  test('thousands of rows at once', async () => {
    await client.query('truncate everything')
    const rows = Array.from({ length: 5_000 }, (_, n) => ({
      ...nothing,
      partnerId: n + 1,
      words: `row ${n}`,
    }))
    await sendCopy(client, copyAll(everything, rows))
    const { rows: found } = await client.query(
      'select count(*)::integer as n, max(words) as last from everything',
    )
    expect(found).toEqual([{ n: 5_000, last: 'row 999' }])
  })
})

test('rows for a connection that is not open yet are kept until it is', async () => {
  const table = `late_${process.pid}`
  await client.query(`create table ${table} (partner_id integer)`)
  const onlyKey = { name: table, key: ['partnerId'], columns: { partnerId: tables.integer } } as const
  const late = new pg.Client({ connectionString: databaseUrl(inject('serverUrl'), 'postgres') })
  try {
    const opened = late.connect()
    const copied = sendCopy(
      late,
      copyAll<{ partnerId: number }>(onlyKey, [{ partnerId: 5 }, { partnerId: 6 }]),
    )
    // The next rows are made ready before the first could be sent.
    await sendCopy(client, copyAll(everything, [{ ...nothing, partnerId: 9_999, words: 'x'.repeat(500) }]))
    await Promise.all([opened, copied])
    expect((await late.query(`select partner_id as id from ${table} order by 1`)).rows).toEqual([
      { id: 5 },
      { id: 6 },
    ])
  } finally {
    await late.end()
    await client.query(`drop table ${table}`)
  }
})

describe('a refused COPY in the middle of a pipeline', () => {
  const one = (partnerId: number) => copyAll(everything, [{ ...nothing, partnerId }])
  const bad = () => one(-1)

  test('names its constraint, fails what follows in its transaction, and leaves the connection usable', async () => {
    await client.query('truncate everything')
    const results = await Promise.allSettled([
      client.query('begin'),
      sendCopy(client, one(1)),
      sendCopy(client, bad()),
      sendCopy(client, one(2)),
      client.query('select 1'),
      client.query('commit'),
    ])
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
      'rejected',
      'fulfilled',
    ])
    const reasons = results.map((result) => (result.status === 'rejected' ? result.reason : undefined))
    expect(reasons[2]).toMatchObject({ code: '23514', constraint: 'everything_positive' })
    expect(reasons[3]).toMatchObject({ code: '25P02' })
    expect((results[5] as PromiseFulfilledResult<pg.QueryResult>).value.command).toBe('ROLLBACK')
    await sendCopy(client, one(3))
    const { rows } = await client.query('select partner_id as id from everything')
    expect(rows).toEqual([{ id: 3 }])
  })

  test('a table that is not there is refused before a row is read', async () => {
    const lost = { ...one(4), text: 'copy nowhere (partner_id) from stdin (format binary)' }
    await expect(sendCopy(client, lost)).rejects.toMatchObject({ code: '42P01' })
    expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  })
})
