/** `listOrders`: every chain once, filtered and page by page. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type Params, type TestPartner } from '../../house.ts'
import { buy, partnerWithCustomer } from './stage.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-20T00:00:00Z' })
  partner = await partnerWithCustomer(house, { graceDays: 5 })
  await partner.call('createCustomer', { id: 'D', name: 'Other' })
  await buy(partner, 'scheduled', { startsAt: '2026-04-01', product: 'oo-std' })
  await buy(partner, 'active', { startsAt: '2026-03-10' })
  await buy(partner, 'grace', { startsAt: '2026-02-18', customer: 'D' })
  await buy(partner, 'expired', { startsAt: '2026-02-01' })
  await buy(partner, 'suspended', { startsAt: '2026-03-10' })
  await partner.call('suspendOrder', { id: 'suspended' })
  await buy(partner, 'cancelled', { startsAt: '2026-03-10', customer: 'D' })
  await partner.call('cancelOrder', { id: 'cancelled' })
  await buy(partner, 'ending', { startsAt: '2026-03-01' })
  await partner.call('cancelOrder', { id: 'ending', at: 'termEnd' })
  await buy(partner, 'renewed', { startsAt: '2026-03-04' })
  await partner.call('createRenewalOrder', { parent: 'renewed', id: 'a renewal', licenses: 99 })
  await partner.call('renameCustomer', { id: 'D', newId: 'D2' })
})
afterAll(() => house.close())

const ids = async (params: Params<'listOrders'>): Promise<string[]> =>
  (await partner.call('listOrders', params)).items.map(({ remoteId }) => remoteId)

const all = ['scheduled', 'active', 'grace', 'expired', 'suspended', 'cancelled', 'ending', 'renewed']

describe('filters', () => {
  const table: [params: Params<'listOrders'>, found: string[]][] = [
    [{}, all],
    [{ status: 'scheduled' }, ['scheduled']],
    [{ status: 'active' }, ['active', 'ending', 'renewed']],
    [{ status: 'grace' }, ['grace']],
    [{ status: 'expired' }, ['expired']],
    [{ status: 'suspended' }, ['suspended']],
    [{ status: 'cancelled' }, ['cancelled']],
    [{ customer: 'D2' }, ['grace', 'cancelled']],
    [{ customer: 'D' }, ['grace', 'cancelled']],
    [{ customer: 'D', status: 'grace' }, ['grace']],
    [{ customer: 'NOBODY' }, []],
    [{ product: 'oo-std' }, ['scheduled']],
    [{ product: 'nothing' }, []],
    // Strictly before: what opens at that very instant is not among them.
    [{ renewableBefore: '2026-03-26T00:00:00Z' }, ['grace', 'expired', 'ending']],
    [
      { renewableBefore: '2026-03-26T00:00:01Z' },
      ['active', 'grace', 'expired', 'suspended', 'cancelled', 'ending'],
    ],
  ]
  test.each(table)('%j: %j', async (params, found) => {
    expect(await ids(params)).toEqual(found)
  })
})

test('every item is what the verbs and getOrder show', async () => {
  const { items } = await partner.call('listOrders', {})
  for (const item of items) {
    const {
      cancelAt: _c,
      suspendedAt: _s,
      orders: _o,
      ...shown
    } = await partner.call('getOrder', { id: item.remoteId })
    expect(item).toEqual(shown)
  }
})

test('pages: each chain once, in order, whatever is created in between', async () => {
  const seen: string[] = []
  let cursor: string | undefined
  for (let page = 0; page < 10; page++) {
    const { items, next } = await partner.call('listOrders', { limit: 3, ...(cursor ? { cursor } : {}) })
    seen.push(...items.map(({ remoteId }) => remoteId))
    if (page === 0) await buy(partner, 'new on the way')
    if (next === null) break
    expect(items).toHaveLength(3)
    cursor = next
  }
  expect(seen).toEqual([...all, 'new on the way'])
})

test.each([
  '!',
  'e30',
  Buffer.from('["text"]').toString('base64url'),
  Buffer.from('[1,2]').toString('base64url'),
])('a cursor that no list has answered is refused: %s', async (cursor) => {
  const error = await partner.refusal('listOrders', { cursor })
  expect(error.data).toMatchObject({ reason: 'params_invalid', issues: [{ path: 'cursor' }] })
})

test.each(['[1.5]', '[1e300]', '[-1]'])('neither is one with a number that no item has: %s', async (keys) => {
  const cursor = Buffer.from(keys).toString('base64url')
  const { status } = await partner.post({ method: 'listOrders', params: { cursor } })
  expect(status).toBeLessThan(500)
})

test('another partner sees nothing of it', async () => {
  const other = await partnerWithCustomer(house)
  expect(await other.call('listOrders', { customer: 'D' })).toEqual({ items: [], next: null })
})
