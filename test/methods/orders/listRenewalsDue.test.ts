/** `listRenewalsDue`: what can be renewed now or soon. It lists exactly the chains that a renewal would be taken for. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, seconds, type TestPartner } from '../../house.ts'
import { buy, day, partnerWithCustomer } from './stage.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-20T00:00:00Z' })
  const { operator } = house
  await operator.call('createEdition', { code: 'once', product: 'oo', name: 'Once', renewable: false })
  await operator.call('createEdition', { code: 'narrow', product: 'oo', name: 'Narrow', windowDays: 2 })
})
afterAll(() => house.close())

const ids = async (partner: TestPartner, withinDays?: number): Promise<string[]> => {
  const { items } = await partner.call('listRenewalsDue', withinDays === undefined ? {} : { withinDays })
  return items.map(({ remoteId }) => remoteId)
}

test('open now, or within so many days; what ends first stands first', async () => {
  const partner = await partnerWithCustomer(house, { graceDays: 5 })
  await buy(partner, 'later', { startsAt: '2026-03-10' })
  await buy(partner, 'open', { startsAt: '2026-03-01' })
  await buy(partner, 'in grace', { startsAt: '2026-02-18' })
  await buy(partner, 'not yet begun', { startsAt: '2026-04-01' })
  await buy(partner, 'narrow', { startsAt: '2026-03-01', product: 'narrow' })
  expect(await ids(partner)).toEqual(['in grace', 'open'])
  expect(await ids(partner, 0)).toEqual(['in grace', 'open'])
  expect(await ids(partner, 5)).toEqual(['in grace', 'open'])
  expect(await ids(partner, 6)).toEqual(['in grace', 'open', 'later'])
  expect(await ids(partner, 10)).toEqual(['in grace', 'open', 'narrow', 'later'])
  expect(await ids(partner, 60)).toEqual(['in grace', 'open', 'narrow', 'later', 'not yet begun'])
})

test('to the second', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true, graceDays: 1 })
  const { renewableFrom, termEnd } = await buy(partner, 'O1')
  const moments: [instant: number, found: string[]][] = [
    [renewableFrom - 1, []],
    [renewableFrom, ['O1']],
    [termEnd + day - 1, ['O1']],
    [termEnd + day, []],
  ]
  for (const [instant, found] of moments) {
    await partner.call('setClock', { at: instant })
    expect(await ids(partner)).toEqual(found)
  }
})

test('left out: cancelled, ending, suspended, expired, not renewable, and those of deactivated customers', async () => {
  const partner = await partnerWithCustomer(house)
  await partner.call('createCustomer', { id: 'OFF', name: 'Off' })
  const startsAt = '2026-03-01'
  for (const id of ['cancelled', 'ending', 'suspended', 'fine']) await buy(partner, id, { startsAt })
  await buy(partner, 'expired', { startsAt: '2026-02-01' })
  await buy(partner, 'once', { startsAt, product: 'once' })
  await buy(partner, 'of a deactivated customer', { startsAt, customer: 'OFF' })
  expect(await ids(partner)).toHaveLength(5)
  await partner.call('cancelOrder', { id: 'cancelled' })
  await partner.call('cancelOrder', { id: 'ending', at: 'termEnd' })
  await partner.call('suspendOrder', { id: 'suspended' })
  await partner.call('updateCustomer', { id: 'OFF', isActive: false })
  expect(await ids(partner)).toEqual(['fine'])
  const { items } = await partner.call('listOrders', {})
  for (const { remoteId } of items) {
    const params = { parent: remoteId, id: `${remoteId} renewal` }
    const outcome = await partner.call('preview', { method: 'createRenewalOrder', params })
    // An expired chain stays renewable; it is only not due any more.
    if (remoteId !== 'expired') expect([remoteId, outcome.ok]).toEqual([remoteId, remoteId === 'fine'])
  }
})

test('pages go on where they stopped, also among chains that end at the same instant', async () => {
  const partner = await partnerWithCustomer(house)
  const names = Array.from({ length: 7 }, (_, index) => `O${index}`)
  for (const id of names) await buy(partner, id, { startsAt: seconds('2026-03-01') })
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const { items, next } = await partner.call('listRenewalsDue', { limit: 2, ...(cursor ? { cursor } : {}) })
    seen.push(...items.map(({ remoteId }) => remoteId))
    cursor = next ?? undefined
  } while (cursor !== undefined && seen.length < 20)
  expect(seen).toEqual(names)
})
