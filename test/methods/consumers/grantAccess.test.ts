/** `grantAccess`: a consumer may use all licences of a customer, present and future. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../../house.ts'
import { eventTypes, issuePaths, opening, partnerWithCustomer } from '../licenses/stage.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ now: opening })
})
afterAll(() => house.close())

async function withConsumer(): Promise<TestPartner> {
  const partner = await partnerWithCustomer(house)
  await partner.call('createConsumer', { customer: 'K001', id: 'U1' })
  return partner
}

const access = { customer: 'K001', consumer: 'U1' }

test('by any pair of ids, once', async () => {
  const partner = await withConsumer()
  const { consumerId, customerId } = await partner.call('getConsumer', { id: 'U1' })
  const answer = { ...access, consumerId, customerId }
  const byUuid = { customerId: customerId as string, consumerId: consumerId as string }
  expect(await partner.call('grantAccess', byUuid)).toEqual({ ...answer, changed: true })
  expect(await partner.call('grantAccess', access)).toEqual({ ...answer, changed: false })
  expect(await partner.call('grantAccess', { ...access, ifVersion: 42 })).toMatchObject({ changed: false })
  const granted = (await partner.events()).slice(2)
  const object = { kind: 'consumer', id: 'U1', version: 2 }
  expect(granted).toMatchObject([{ type: 'access.granted', object, data: answer }])
})

test('what the customer buys later is included', async () => {
  const partner = await withConsumer()
  await partner.call('grantAccess', access)
  const asked = { consumer: 'U1', edition: 'oo-lite' }
  expect((await partner.call('checkEntitlement', asked)).entitled).toBe(false)
  await partner.call('createLicense', { customer: 'K001', edition: 'oo-lite', quantity: 2 })
  expect(await partner.call('checkEntitlement', asked)).toMatchObject({ entitled: true, quantity: 2 })
})

test('granted, revoked and granted again', async () => {
  const partner = await withConsumer()
  for (const method of ['grantAccess', 'revokeAccess', 'grantAccess'] as const)
    expect(await partner.call(method, access)).toMatchObject({ changed: true })
  expect(await eventTypes(partner, 2)).toEqual(['access.granted', 'access.revoked', 'access.granted'])
  expect(await partner.call('getConsumer', { id: 'U1' })).toMatchObject({ version: 4, access: [{}] })
})

test('refusals, in order of precedence', async () => {
  const partner = await withConsumer()
  await partner.call('createCustomer', { id: 'GONE', name: 'Gone' })
  await partner.call('updateCustomer', { id: 'GONE', isActive: false })
  const refused = async (params: object) => (await partner.refusal('grantAccess', { ...params })).data
  expect(await refused({ customer: 'NOBODY', consumer: 'NOBODY' })).toMatchObject({
    reason: 'customer_unknown',
  })
  expect(await refused({ customer: 'GONE', consumer: 'NOBODY' })).toMatchObject({
    reason: 'consumer_unknown',
  })
  expect(await refused({ customer: 'GONE', consumer: 'U1', ifVersion: 9 })).toMatchObject({
    reason: 'customer_inactive',
  })
  expect(await refused({ ...access, ifVersion: 9 })).toMatchObject({ reason: 'version_conflict', version: 1 })
  const stranger = await partnerWithCustomer(house)
  expect((await stranger.refusal('grantAccess', access)).data.reason).toBe('consumer_unknown')
})

test('a preview grants nothing', async () => {
  const partner = await withConsumer()
  const told = await partner.call('preview', { method: 'grantAccess', params: access })
  expect(await partner.call('getConsumer', { id: 'U1' })).toMatchObject({ version: 1, access: [] })
  expect(told).toEqual({ ok: true, result: await partner.call('grantAccess', access) })
})

describe('bad input', () => {
  test.each([
    ['no customer', { consumer: 'U1' }],
    ['no consumer', { customer: 'K001' }],
    ['two consumers', { ...access, consumerId: '00000000-0000-4000-8000-000000000000' }],
  ])('%s', async (_what, params) => {
    expect(await issuePaths(await house.partner(), 'grantAccess', params)).toEqual([''])
  })
})
