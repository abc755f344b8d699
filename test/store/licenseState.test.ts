/** The states of licences in SQL, held against the rules over every combination of a few instants. */
import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { License } from '../../src/objects.ts'
import { type LicenseState, licenseFacts } from '../../src/rules/license.ts'
import { hasState } from '../../src/store/licenseState.ts'
import { type House, openHouse } from '../house.ts'

const day = 86_400
const states: LicenseState[] = ['scheduled', 'active', 'grace', 'expired', 'suspended', 'revoked']
/** Days; the edition with grace has two of them, so that ends and starts fall together and apart. */
const froms = [10, 12]
const others = [null, 9, 12, 13, 14, 16]
const moments = [8, 9, 9.5, 10, 11, 12, 12.5, 13, 14, 15, 16, 18, 18.5]

let house: House
let db: Kysely<Record<string, never>>
beforeAll(async () => {
  house = await openHouse()
  const options = '-c TimeZone=UTC'
  db = new Kysely({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: house.databaseUrl, options }) }),
  })
})
afterAll(async () => {
  await db.destroy()
  await house.close()
})

test('both tell the same of licences of their own', async () => {
  const partner = await house.partner({ graceDays: 1 })
  await partner.call('createCustomer', { id: 'C', name: 'C' })
  await house.operator.call('createEdition', { code: 'graced', product: 'oo', name: 'G', graceDays: 2 })
  const licenses: Partial<License>[] = froms.flatMap((validFrom) =>
    others
      .filter((validUntil) => validUntil === null || validUntil > validFrom)
      .flatMap((validUntil) =>
        others.flatMap((suspendedAt) =>
          others.flatMap((revokedAt) =>
            ['graced', 'oo-lite'].map((edition) => ({
              validFrom,
              validUntil,
              suspendedAt,
              revokedAt,
              edition,
            })),
          ),
        ),
      ),
  )
  const rows = licenses.map((one, number) => ({ ...one, remoteId: String(number) }))
  await house.sql(
    `insert into license (partner_id, license_id, customer_id, "references", created_at, remote_id, product, edition,
       edition_version, quantity, valid_from, valid_until, suspended_at, suspended_by, revoked_at, revoked_by)
     select $1, gen_random_uuid(), c.customer_id, '{}', now(), r."remoteId", 'oo', r.edition, 1, 1,
       to_timestamp(r."validFrom" * ${day}), to_timestamp(r."validUntil" * ${day}),
       to_timestamp(r."suspendedAt" * ${day}), case when r."suspendedAt" is not null then 'key' end,
       to_timestamp(r."revokedAt" * ${day}), case when r."revokedAt" is not null then 'key' end
     from customer c, json_to_recordset($2::json) as r ("remoteId" text, edition text, "validFrom" int,
       "validUntil" int, "suspendedAt" int, "revokedAt" int)
     where c.partner_id = $1`,
    [partner.number, JSON.stringify(rows)],
  )
  const instant = (days: number | null | undefined) => (days == null ? null : days * day)
  for (const moment of moments) {
    const told = await statesOf(partner.number, moment * day)
    for (const one of rows) {
      const license = {
        ...one,
        validFrom: instant(one.validFrom),
        validUntil: instant(one.validUntil),
        suspendedAt: instant(one.suspendedAt),
        revokedAt: instant(one.revokedAt),
      } as License
      const conditions = { windowDays: 15, graceDays: one.edition === 'graced' ? 2 : 1, renewable: true }
      const sight = { license, chain: undefined, conditions, suspensions: [] }
      const { state } = licenseFacts(sight, moment * day)
      expect({ ...one, moment, states: told.get(one.remoteId) }).toEqual({ ...one, moment, states: [state] })
    }
  }
})

test('both tell the same of licences that chains drive', async () => {
  const partner = await house.partner({ sandbox: true, graceDays: 3 })
  await partner.call('createCustomer', { id: 'C', name: 'C' })
  const order = { customer: 'C', product: 'oo-lite', licenses: 1, duration: 'monthly' as const }
  for (const id of ['plain', 'cancelled', 'ending', 'suspended'])
    await partner.call('createFirstOrder', { ...order, id })
  await partner.call('createFirstOrder', { ...order, id: 'later', startsAt: '2026-03-20' })
  await partner.call('cancelOrder', { id: 'cancelled' })
  await partner.call('cancelOrder', { id: 'ending', at: 'termEnd' })
  await partner.call('suspendOrder', { id: 'suspended' })
  for (const at of [
    '2026-03-19',
    '2026-03-21',
    '2026-04-01T11:59:59Z',
    '2026-04-01T12:00:00Z',
    '2026-04-05',
  ]) {
    await partner.call('setClock', { at })
    for (const state of states)
      for (const item of (await partner.call('listLicenses', { state })).items) {
        expect(item.state).toBe(state)
        expect((await partner.call('getLicense', { licenseId: item.licenseId as string })).state).toBe(state)
      }
    const counts = await Promise.all(
      states.map(async (state) => (await partner.call('listLicenses', { state })).items.length),
    )
    expect(counts.reduce((sum, count) => sum + count)).toBe(5)
  }
})

/** Every state that SQL says a licence is in, by the licence's own key. */
async function statesOf(partnerId: number, at: number): Promise<Map<string, LicenseState[]>> {
  const columns = states.map((state) => sql`${hasState(state, at)} as ${sql.ref(state)}`)
  const { rows } = await sql<{ id: string } & Record<LicenseState, boolean>>`
    select l.remote_id as id, ${sql.join(columns)} from license l
      left join chain c on c.partner_id = l.partner_id and c.chain_id = l.chain_id
      join edition e on e.code = coalesce(c.edition, l.edition)
      join partner p on p.partner_id = l.partner_id
    where l.partner_id = ${partnerId}`.execute(db)
  return new Map(rows.map((row) => [row.id, states.filter((state) => row[state])]))
}
