/** `listConsumers`: of one customer or of all, searched, page by page. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../../house.ts'
import { issuePaths, opening, partnerWithCustomer } from '../licenses/stage.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse({ now: opening })
  partner = await partnerWithCustomer(house)
  await partner.call('createCustomer', { id: 'K002', name: 'Another' })
  const consumers = [
    { customer: 'K001', id: 'A1', displayName: 'Ann_Lee', email: 'ann@example.com' },
    { customer: 'K001', id: 'A2', displayName: 'Bea' },
    { customer: 'K002', id: 'A3', email: 'ANN.OTHER@example.com' },
    { customer: 'K002', id: 'annex' },
  ]
  for (const consumer of consumers) await partner.call('createConsumer', consumer)
  const stranger = await partnerWithCustomer(house)
  await stranger.call('createConsumer', { customer: 'K001', id: 'A1', displayName: 'Ann' })
})
afterAll(() => house.close())

const named = (items: { remoteId: string | null }[]) => items.map(({ remoteId }) => remoteId).sort()

test.each([
  [{}, ['A1', 'A2', 'A3', 'annex']],
  [{ customer: 'K001' }, ['A1', 'A2']],
  [{ customer: 'NOBODY' }, []],
  [{ search: 'ann' }, ['A1', 'A3', 'annex']],
  [{ search: 'n_l' }, ['A1']],
  [{ search: '%' }, []],
  [{ customer: 'K002', search: 'ANN' }, ['A3', 'annex']],
])('%j', async (filter, expected) => {
  expect(named((await partner.call('listConsumers', filter)).items)).toEqual(expected)
})

test('by the UUID of the customer, and by an id it had before', async () => {
  const { customerId } = await partner.call('renameCustomer', { id: 'K002', newId: 'K009' })
  for (const who of [{ customerId: customerId as string }, { customer: 'K002' }, { customer: 'K009' }]) {
    const { items } = await partner.call('listConsumers', who)
    expect(named(items)).toEqual(['A3', 'annex'])
    expect(items[0]).toMatchObject({ customer: 'K009', customerId })
  }
})

test('pages follow one another without a gap', async () => {
  const seen = []
  let cursor: string | undefined
  do {
    const page = await partner.call('listConsumers', { limit: 1, ...(cursor ? { cursor } : {}) })
    seen.push(...page.items)
    cursor = page.next ?? undefined
  } while (cursor)
  expect(named(seen)).toEqual(['A1', 'A2', 'A3', 'annex'])
})

describe('bad input', () => {
  test.each([
    ['two customers', { customer: 'K001', customerId: '00000000-0000-4000-8000-000000000000' }, ['']],
    ['a forged cursor', { cursor: Buffer.from('["x"]').toString('base64url') }, ['cursor']],
    ['too much at once', { limit: 0 }, ['limit']],
  ])('%s', async (_what, params, paths) => {
    expect(await issuePaths(partner, 'listConsumers', params)).toEqual(paths)
  })
})
