/** `getCustomer`: everything known about one customer, what can be counted, and where the console shows it. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../../house.ts'
import { buy, expectPrecedence, partnerWithCustomer } from '../orders/stage.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-20T00:00:00Z' })
})
afterAll(() => house.close())

test('counts: orders singly, renewals included, and licences, whatever their state', async () => {
  const partner = await partnerWithCustomer(house)
  expect((await partner.call('getCustomer', { id: 'C' })).counts).toEqual({ orders: 0, licenses: 0 })
  await buy(partner, 'O1', { startsAt: '2026-03-01' })
  await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })
  await buy(partner, 'O3')
  await partner.call('cancelOrder', { id: 'O3' })
  expect((await partner.call('getCustomer', { id: 'C' })).counts).toEqual({ orders: 3, licenses: 2 })
})

test('links lead into the console, whatever the id is made of', async () => {
  const partner = await house.partner()
  await partner.call('createCustomer', { id: 'A&B/ü?', name: 'A' })
  expect((await partner.call('getCustomer', { id: 'A&B/ü?' })).links).toEqual({
    customer: 'http://tenure.test/customeranalytics?customernumber=A%26B%2F%C3%BC%3F',
    licenses: 'http://tenure.test/licenses?customernumber=A%26B%2F%C3%BC%3F',
  })
})

test('by UUID in any case; by exactly one of the two', async () => {
  const partner = await partnerWithCustomer(house)
  const whole = await partner.call('getCustomer', { id: 'C' })
  const customerId = (whole.customerId as string).toUpperCase()
  expect(await partner.call('getCustomer', { customerId })).toEqual(whole)
  for (const params of [{}, { id: 'C', customerId }])
    expect((await partner.refusal('getCustomer', params)).data.reason).toBe('params_invalid')
})

test('the only refusal; another partner’s customer does not exist', async () => {
  const [partner, other] = [await partnerWithCustomer(house), await house.partner()]
  await expectPrecedence(partner, 'getCustomer', [
    ['customer_unknown', { id: 'NOBODY' }],
    ['done', { id: 'C' }],
  ])
  const { customerId } = await partner.call('getCustomer', { id: 'C' })
  for (const params of [{ id: 'C' }, { customerId: customerId as string }])
    expect((await other.refusal('getCustomer', params)).data.reason).toBe('customer_unknown')
})
