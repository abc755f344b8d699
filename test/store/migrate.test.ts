/** Migrations beside servers that are at work: nobody fails because of one, and nobody waits long. */
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { isMigrated, migrate } from '../../src/store/migrate.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'

let house: House
let partner: TestPartner
let store: Store
let other: pg.Client
beforeAll(async () => {
  house = await openHouse()
  partner = await house.partner()
  store = openStore(house.databaseUrl, { connections: 2 })
  other = new pg.Client({ connectionString: house.databaseUrl })
  await other.connect()
})
afterAll(async () => {
  await other.end()
  await store.close()
  await house.close()
})

const name = '0006_console.sql'

/** One migration, which makes indexes over chains and licences, has not been carried out yet. */
beforeEach(async () => {
  await house.sql('drop index if exists chain_suspended, license_suspended')
  await house.sql('delete from migration where name = $1', [name])
})

/** Waits until a connection waits for a lock with a statement that begins so. */
const waitsWith = (statement: string): Promise<unknown> =>
  vi.waitUntil(
    async () => {
      const rows = await house.sql(
        `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
          and ltrim(regexp_replace(query, '^--.*$', '', 'gn'), E'\\n ') like $1 || '%'`,
        [statement],
      )
      return rows.length > 0
    },
    { timeout: 10_000, interval: 10 },
  )

test('a group that is under way can end, whatever it still has to write; the migration waits for it', async () => {
  await other.query('begin')
  await other.query('select from partner where partner_id = $1 for no key update', [partner.number])
  const migrating = migrate(store.pool)
  await waitsWith('lock table partner')
  await other.query('update license set version = version')
  await other.query('update chain set version = version')
  await other.query('commit')
  expect(await migrating).toEqual([name])
})

test('a lock that cannot be had is given up with all others, so that calls are answered meanwhile', async () => {
  await other.query('begin')
  await other.query('update chain set version = version')
  const migrating = migrate(store.pool)
  await waitsWith('create index')
  await partner.call('createCustomer', { id: 'meanwhile', name: 'Meanwhile' })
  expect(await isMigrated(store.pool)).toBe(false)
  await other.query('commit')
  expect(await migrating).toEqual([name])
  expect(await isMigrated(store.pool)).toBe(true)
})

test('reading from end to end, as a backup does, is in nobody’s way', async () => {
  await other.query('begin')
  await other.query('select count(*) from chain, license, partner')
  expect(await migrate(store.pool)).toEqual([name])
  await other.query('commit')
})

test('of two that migrate at once one does it, and the other has nothing left to do', async () => {
  const done = await Promise.all([migrate(store.pool), migrate(store.pool)])
  expect(done.flat()).toEqual([name])
})

test('an index that somebody has made before, without locking, is taken as it is', async () => {
  await house.sql(
    'create index concurrently chain_suspended on chain (partner_id, suspended_at) where suspended_at is not null',
  )
  expect(await migrate(store.pool)).toEqual([name])
})
