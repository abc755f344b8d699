/** `listCustomers`: filtered, page by page, and stable while customers come and change. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type Params, seconds, type TestPartner } from '../../house.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse({ now })
  partner = await house.partner({ timeZone: 'Europe/Berlin' })
  await partner.call('createCustomer', {
    id: 'K-001',
    name: 'Alpha GmbH',
    email: 'info@alpha.example',
    tags: ['vip', 'a b'],
  })
  await partner.call('createCustomer', {
    id: 'K-002',
    name: 'Beta_100%',
    admin: { email: 'boss@beta.example' },
  })
  await partner.call('createCustomer', { id: 'K-003', name: 'Über\\Co', tags: ['VIP'] })
  await partner.call('createCustomer', { id: 'k-004', name: 'alphabet', tags: ['vip'] })
  await partner.call('updateCustomer', { id: 'K-002', isActive: false })
  house.clock.set('2026-03-05T23:30:00Z')
  await partner.call('updateCustomer', { id: 'K-003', phone: '1' })
})
afterAll(() => house.close())

const ids = async (params: Params<'listCustomers'>) =>
  (await partner.call('listCustomers', params)).items.map(({ remoteId }) => remoteId)

describe('filters', () => {
  const table: [params: Params<'listCustomers'>, found: string[]][] = [
    [{}, ['K-001', 'K-002', 'K-003', 'k-004']],
    [{ search: 'ALPHA' }, ['K-001', 'k-004']],
    [{ search: 'k-00' }, ['K-001', 'K-002', 'K-003', 'k-004']],
    [{ search: 'boss@' }, ['K-002']],
    [{ search: 'info@ALPHA' }, ['K-001']],
    [{ search: 'über' }, ['K-003']],
    // What means something to SQL means itself here.
    [{ search: '_100%' }, ['K-002']],
    [{ search: '%' }, ['K-002']],
    [{ search: '_' }, ['K-002']],
    [{ search: '\\' }, ['K-003']],
    [{ search: "'" }, []],
    [{ tag: 'vip' }, ['K-001', 'k-004']],
    [{ tag: 'a b' }, ['K-001']],
    [{ tag: 'vi' }, []],
    [{ isActive: false }, ['K-002']],
    [{ isActive: true, tag: 'vip', search: 'bet' }, ['k-004']],
    [{ updatedSince: seconds('2026-03-05T23:30:00Z') }, ['K-003']],
    [{ updatedSince: seconds('2026-03-05T23:30:01Z') }, []],
    [{ updatedSince: now }, ['K-001', 'K-002', 'K-003', 'k-004']],
    // 6 March begins at 23:00 UTC on the 5th where the partner lives.
    [{ updatedSince: '2026-03-06' }, ['K-003']],
    [{ updatedSince: '2026-03-07' }, []],
  ]
  test.each(table)('%j: %j', async (params, found) => {
    expect(await ids(params)).toEqual(found)
  })
})

test('pages: each customer once, oldest first, whatever is created, changed and renamed in between', async () => {
  const own = await house.partner()
  const names = Array.from({ length: 11 }, (_, index) => `C${index}`)
  await own.batch(names.map((id) => ({ method: 'createCustomer', params: { id, name: id } })))
  const seen: (string | null)[] = []
  let cursor: string | undefined
  do {
    const { items, next } = await own.call('listCustomers', { limit: 4, ...(cursor ? { cursor } : {}) })
    seen.push(...items.map(({ name }) => name))
    if (seen.length === 4) {
      await own.call('createCustomer', { id: 'LATE', name: 'late' })
      await own.call('updateCustomer', { id: 'C0', phone: '1' })
      await own.call('renameCustomer', { id: 'C5', newId: 'ZZZ' })
    }
    cursor = next ?? undefined
  } while (cursor !== undefined && seen.length < 50)
  expect(seen).toEqual([...names, 'late'])
})

test('a page that holds exactly all has no next; limits are 1 to 500', async () => {
  expect((await partner.call('listCustomers', { limit: 4 })).next).toBeNull()
  expect((await partner.call('listCustomers', { limit: 3 })).next).not.toBeNull()
  for (const limit of [0, 501, 1.5])
    expect((await partner.refusal('listCustomers', { limit })).data.reason).toBe('params_invalid')
})

test.each(['[1.5]', '[1e300]', '["1"]', '[]', 'null'])('a cursor made of %s is refused', async (keys) => {
  const cursor = Buffer.from(keys).toString('base64url')
  expect((await partner.refusal('listCustomers', { cursor })).data.reason).toBe('params_invalid')
})
