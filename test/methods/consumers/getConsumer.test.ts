/** `getConsumer`: by UUID, id or e-mail address, with the customers whose licences it may use. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, seconds, type TestPartner } from '../../house.ts'
import { issuePaths, opening, partnerWithCustomer } from '../licenses/stage.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse({ now: opening })
  partner = await partnerWithCustomer(house)
})
afterAll(() => house.close())

test('by every selector, in any case of the address', async () => {
  const params = { customer: 'K001', id: 'U1', email: 'Ann@Example.com' }
  const made = await partner.call('createConsumer', params)
  const uuid = (made.consumerId as string).toUpperCase()
  for (const selector of [{ id: 'U1' }, { consumerId: uuid }, { email: 'aNN@eXAMPLE.com' }])
    expect(await partner.call('getConsumer', selector)).toEqual({ ...made, access: [] })
})

test('with the access that is open, in the order in which it was granted', async () => {
  await partner.call('createCustomer', { id: 'K002', name: 'Another' })
  await partner.call('createConsumer', { customer: 'K001', id: 'U2' })
  await partner.call('grantAccess', { customer: 'K002', consumer: 'U2' })
  await partner.call('advanceClock', { days: 1 })
  await partner.call('grantAccess', { customer: 'K001', consumer: 'U2' })
  const granted = async () => (await partner.call('getConsumer', { id: 'U2' })).access
  expect(await granted()).toMatchObject([
    { customer: 'K002', grantedAt: seconds(opening) },
    { customer: 'K001', grantedAt: seconds(opening) + 86_400 },
  ])
  await partner.call('revokeAccess', { customer: 'K002', consumer: 'U2' })
  expect(await granted()).toMatchObject([{ customer: 'K001' }])
})

test('consumer_unknown', async () => {
  const stranger = await house.partner()
  for (const selector of [{ id: 'U1' }, { email: 'ann@example.com' }])
    expect((await stranger.refusal('getConsumer', selector)).data).toMatchObject({
      reason: 'consumer_unknown',
      id: Object.values(selector)[0],
    })
})

describe('bad input', () => {
  test.each([[{}], [{ id: 'U1', email: 'ann@example.com' }]])('%j', async (params) => {
    expect(await issuePaths(partner, 'getConsumer', params)).toEqual([''])
  })
})
