/** `revokeAccess`: a consumer may no longer use the licences of a customer; the past stays known. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../../house.ts'
import { eventTypes, issuePaths, opening, partnerWithCustomer } from '../licenses/stage.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ now: opening })
})
afterAll(() => house.close())

const access = { customer: 'K001', consumer: 'U1' }

async function granted(): Promise<TestPartner> {
  const partner = await partnerWithCustomer(house)
  await partner.call('createConsumer', { customer: 'K001', id: 'U1' })
  await partner.call('grantAccess', access)
  return partner
}

test('once, also after the customer was deactivated', async () => {
  const partner = await granted()
  await partner.call('updateCustomer', { id: 'K001', isActive: false })
  const { consumerId, customerId } = await partner.call('getConsumer', { id: 'U1' })
  const answer = { ...access, consumerId, customerId }
  expect(await partner.call('revokeAccess', access)).toEqual({ ...answer, changed: true })
  expect(await partner.call('revokeAccess', { ...access, ifVersion: 42 })).toEqual({
    ...answer,
    changed: false,
  })
  const event = (await partner.events()).at(-1)
  expect(event).toMatchObject({ type: 'access.revoked', object: { id: 'U1', version: 3 }, data: answer })
  expect(await partner.call('getConsumer', { id: 'U1' })).toMatchObject({ version: 3, access: [] })
})

test('along one consumer the feed never goes back in time, also where clocks differ', async () => {
  const partner = await house.partner()
  await partner.call('createCustomer', { id: 'K001', name: 'K' })
  await partner.call('createConsumer', { customer: 'K001', id: 'U1' })
  const start = house.clock.now()
  house.clock.set(start + 10)
  await partner.call('grantAccess', access)
  house.clock.set(start + 7)
  await partner.call('revokeAccess', access)
  house.clock.set(start)
  const at = (await partner.events()).slice(2).map((event) => event.at)
  expect(at).toEqual([start + 10, start + 10])
})

test('refusals, in order of precedence', async () => {
  const partner = await granted()
  const refused = async (params: object) => (await partner.refusal('revokeAccess', { ...params })).data
  expect(await refused({ customer: 'NOBODY', consumer: 'NOBODY' })).toMatchObject({
    reason: 'customer_unknown',
  })
  expect(await refused({ customer: 'K001', consumer: 'NOBODY' })).toMatchObject({
    reason: 'consumer_unknown',
  })
  expect(await refused({ ...access, ifVersion: 1 })).toMatchObject({ reason: 'version_conflict', version: 2 })
  expect(await eventTypes(partner, 2)).toEqual(['access.granted'])
})

test('a preview revokes nothing', async () => {
  const partner = await granted()
  const told = await partner.call('preview', { method: 'revokeAccess', params: access })
  expect((await partner.call('getConsumer', { id: 'U1' })).access).toHaveLength(1)
  expect(told).toEqual({ ok: true, result: await partner.call('revokeAccess', access) })
})

describe('bad input', () => {
  test.each([
    ['no customer', { consumer: 'U1' }],
    ['no consumer', { customer: 'K001' }],
    ['two customers', { ...access, customerId: '00000000-0000-4000-8000-000000000000' }],
  ])('%s', async (_what, params) => {
    expect(await issuePaths(await house.partner(), 'revokeAccess', params)).toEqual([''])
  })
})
