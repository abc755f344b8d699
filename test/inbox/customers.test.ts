/** Whose an account of a shop is: found or created, by what is named there, and kept for events that name nothing. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../house.ts'
import {
  account,
  fastSpringId,
  order,
  event as sprung,
  subscription as sprungOf,
} from './fixtures/fastspring.ts'
import { customer, event, stripeId, subscription } from './fixtures/stripe.ts'
import { openShop, type TestShop } from './shop.ts'

let house: House
let shop: TestShop
let spring: TestShop
let at: number

beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  shop = await openShop(house, 'stripe')
  spring = await openShop(house, 'fastspring', shop.partner)
  await shop.map('price_lite', 'oo-lite')
  await spring.map('office-lite', 'oo-std')
  at = house.clock.now() - 86_400
})
afterAll(() => house.close())

const told = (id: string, after: number, changes: Record<string, unknown> = {}, type = 'updated') =>
  event(`customer.${type}`, customer(id, changes), at + after)
const sold = (id: string, accountId: string, after: number, changes: Record<string, unknown> = {}) =>
  event('customer.subscription.created', subscription(id, accountId, changes), at + after)

async function holderOf(subscriptionId: string) {
  const { items } = await shop.partner.call('listLicenses', { subscription: subscriptionId })
  return items.filter(({ state }) => state !== 'revoked').map((license) => license.customer)
}

describe('named in the metadata', () => {
  test('by our UUID, before anything else', async () => {
    const customerId = randomUUID()
    const [erp, cus, sub] = ['ERP-UUID', stripeId('cus'), stripeId('sub')]
    await shop.partner.call('createCustomer', { id: erp, customerId, name: 'Own name' })
    await shop.tell(
      told(cus, 0, { metadata: { customerId: customerId.toUpperCase(), remoteId: 'other' } }),
      sold(sub, cus, 1),
    )
    expect(await holderOf(sub)).toEqual([erp])
    expect((await shop.partner.refusal('getCustomer', { id: cus })).data.reason).toBe('customer_unknown')
  })

  test('by the remote id: found where it is, created where it is not', async () => {
    await shop.partner.call('createCustomer', { id: 'ERP-1', name: 'Own name' })
    const accounts = [stripeId('cus'), stripeId('cus')] as const
    const subs = [stripeId('sub'), stripeId('sub')] as const
    await shop.tell(
      told(accounts[0], 0, { metadata: { remoteId: 'ERP-1' } }),
      told(accounts[1], 0, { metadata: { remoteId: 'ERP-NEW' }, name: 'New' }),
      sold(subs[0], accounts[0], 1),
      sold(subs[1], accounts[1], 1),
    )
    expect(await holderOf(subs[0])).toEqual(['ERP-1'])
    expect(await holderOf(subs[1])).toEqual(['ERP-NEW'])
    expect(await shop.partner.call('getCustomer', { id: 'ERP-NEW' })).toMatchObject({ name: 'New' })
  })

  test('on the subscription alone, which makes it that customer’s', async () => {
    const [cus, mine, theirs] = [stripeId('cus'), stripeId('sub'), stripeId('sub')]
    await shop.tell(told(cus, 0))
    await shop.tell(sold(mine, cus, 1), sold(theirs, cus, 1, { metadata: { remoteId: 'RESOLD' } }))
    // The account had only stood for somebody, and now it is known for whom.
    expect(await holderOf(theirs)).toEqual(['RESOLD'])
    expect(await holderOf(mine)).toEqual(['RESOLD'])
  })

  test('at FastSpring by lookup.custom', async () => {
    const buyer = account(fastSpringId(), { lookup: { global: 'g', custom: 'ERP-SPRING' } })
    const id = fastSpringId()
    await spring.tell(sprung('subscription.activated', sprungOf(id, buyer), at))
    expect(await holderOf(id)).toEqual(['ERP-SPRING'])
  })

  test.each([
    ['a UUID that is none', { customerId: 'K001' }, /^customer_id_invalid:/],
    ['a remote id that cannot be one', { remoteId: 'a\u0000b' }, /^remote_id_invalid:/],
  ])('%s parks the event', async (_what, metadata, reason) => {
    const odd = told(stripeId('cus'), 0, { metadata })
    await shop.tell(odd)
    expect(await shop.stateOf(odd)).toEqual({ state: 'parked', reason: expect.stringMatching(reason) })
  })
})

describe('the link is kept', () => {
  test('a sign-up that created the customer under the account’s id is found', async () => {
    const [cus, sub] = [stripeId('cus'), stripeId('sub')]
    await shop.partner.call('createCustomer', { id: cus, name: 'Signed up' })
    await shop.tell(sold(sub, cus, 0))
    expect(await holderOf(sub)).toEqual([cus])
    expect(await shop.partner.call('getCustomer', { id: cus })).toMatchObject({ name: 'Signed up' })
  })

  test('a subscription that comes before its customer is the same customer’s afterwards', async () => {
    const [cus, sub] = [stripeId('cus'), stripeId('sub')]
    await shop.tell(sold(sub, cus, 1))
    expect(await shop.partner.call('getCustomer', { id: cus })).toMatchObject({ name: cus, email: null })
    await shop.tell(told(cus, 0, { name: 'Known now', metadata: { remoteId: 'LATE' } }, 'created'))
    expect(await holderOf(sub)).toEqual(['LATE'])
    expect(await shop.partner.call('getCustomer', { id: cus })).toMatchObject({
      remoteId: 'LATE',
      name: 'Known now',
    })
  })

  test('what was sold to an account goes over to the customer that is named later and was there before', async () => {
    const [cus, sub] = [stripeId('cus'), stripeId('sub')]
    await shop.partner.call('createCustomer', { id: 'THERE', name: 'There before' })
    await shop.tell(sold(sub, cus, 1, { items: [{ quantity: 6 }], status: 'unpaid' }))
    await shop.tell(told(cus, 0, { metadata: { remoteId: 'THERE' } }, 'created'))
    expect(await holderOf(sub)).toEqual(['THERE'])
    const { items } = await shop.partner.call('listLicenses', { customer: 'THERE', subscription: sub })
    expect(items).toMatchObject([
      { quantity: 6, isActive: false, references: { subscription: sub, product: 'price_lite' } },
    ])
    await shop.tell(event('customer.subscription.deleted', subscription(sub, cus), at + 9))
    expect(await holderOf(sub)).toEqual([])
  })

  test('a checkout says whose an account is', async () => {
    const [cus, sub] = [stripeId('cus'), stripeId('sub')]
    const session = {
      id: 'cs_1',
      customer: cus,
      customer_details: { name: 'Shown', email: 's@example.com' },
      metadata: { remoteId: `M-${cus}` },
    }
    await shop.tell(
      told(cus, 0, { name: null, email: null }),
      sold(sub, cus, 1),
      event('checkout.session.completed', session, at + 2),
    )
    expect(await holderOf(sub)).toEqual([`M-${cus}`])
  })
})

describe('a checkout that arrives after something newer was told of its account', () => {
  const session = (cus: string, remoteId: string, after: number) => {
    const members = { id: 'cs_1', customer: cus, customer_details: null, metadata: { remoteId } }
    return event('checkout.session.completed', members, at + after)
  }

  test('does not take the account back from the customer who was named since', async () => {
    const [cus, sub] = [stripeId('cus'), stripeId('sub')]
    await shop.tell(
      told(cus, 9, { metadata: { remoteId: `NEW-${cus}` } }),
      sold(sub, cus, 1),
      session(cus, `OLD-${cus}`, 2),
    )
    expect(await holderOf(sub)).toEqual([`NEW-${cus}`])
    const old = await shop.partner.refusal('getCustomer', { id: `OLD-${cus}` })
    expect(old.data.reason).toBe('customer_unknown')
  })

  test('says whose it is where nobody else has', async () => {
    const [cus, sub] = [stripeId('cus'), stripeId('sub')]
    await shop.tell(told(cus, 9), sold(sub, cus, 1), session(cus, `SAID-${cus}`, 2))
    expect(await holderOf(sub)).toEqual([`SAID-${cus}`])
  })
})

test('a returning customer has one record and two licences', async () => {
  const cus = stripeId('cus')
  const subs = [stripeId('sub'), stripeId('sub')] as const
  await shop.tell(told(cus, 0), sold(subs[0], cus, 1))
  await shop.tell(
    event('customer.subscription.deleted', subscription(subs[0], cus), at + 2),
    sold(subs[1], cus, 3),
  )
  const { items } = await shop.partner.call('listLicenses', { customer: cus })
  expect(items.map(({ state }) => state).sort()).toEqual(['active', 'revoked'])
})

test('a customer who changes the e-mail address keeps everything', async () => {
  const [cus, sub] = [stripeId('cus'), stripeId('sub')]
  await shop.tell(told(cus, 0), sold(sub, cus, 1), told(cus, 2, { email: 'new@example.com' }))
  expect((await shop.partner.call('findCustomers', { email: 'new@example.com' })).items).toMatchObject([
    { remoteId: cus },
  ])
  await shop.tell(told(cus, 1, { email: 'late@example.com' }))
  expect(await shop.partner.call('getCustomer', { id: cus })).toMatchObject({
    email: 'new@example.com',
    name: 'Jane Doe',
  })
  expect(await holderOf(sub)).toEqual([cus])
})

test('what the shop does not know, or we cannot keep, stays as it is and stops nothing', async () => {
  const cus = stripeId('cus')
  await shop.partner.call('createCustomer', { id: cus, name: 'Ours', email: 'ours@example.com', phone: '1' })
  const odd = told(cus, 0, { name: null, email: 'not an address', phone: '9'.repeat(999) })
  await shop.tell(odd)
  expect(await shop.stateOf(odd)).toMatchObject({ state: 'applied' })
  expect(await shop.partner.call('getCustomer', { id: cus })).toMatchObject({
    name: 'Ours',
    email: 'ours@example.com',
    phone: '1',
  })
})

test('one who buys in both shops is one customer', async () => {
  const [cus, sub, orderId] = [stripeId('cus'), stripeId('sub'), fastSpringId()]
  await spring.map('office-perpetual', 'oo-ent')
  const buyer = account(fastSpringId(), { lookup: { global: 'g', custom: 'BOTH' } })
  await shop.tell(told(cus, 0, { metadata: { remoteId: 'BOTH' } }), sold(sub, cus, 1))
  await spring.tell(sprung('order.completed', order(orderId, buyer), at))
  const { items } = await shop.partner.call('listLicenses', { customer: 'BOTH' })
  expect(items.map(({ edition }) => edition).sort()).toEqual(['oo-ent', 'oo-lite'])
})

describe('an account that is deleted', () => {
  test('takes the customer with it who is known by nothing else', async () => {
    const cus = stripeId('cus')
    await shop.tell(told(cus, 0), told(cus, 1, {}, 'deleted'))
    expect(await shop.partner.call('getCustomer', { id: cus })).toMatchObject({ isActive: false })
    const parked = sold(stripeId('sub'), cus, 2)
    await shop.tell(parked)
    expect(await shop.stateOf(parked)).toMatchObject({
      state: 'parked',
      reason: expect.stringMatching(/^customer_inactive:/),
    })
  })

  test('leaves one alone who has an id of its own, or another account', async () => {
    const [named, shared] = [stripeId('cus'), stripeId('cus')]
    await shop.tell(told(named, 0, { metadata: { remoteId: 'NAMED' } }), told(shared, 0))
    await spring.tell(sprung('account.created', account(fastSpringId(), { lookup: { custom: shared } }), at))
    await shop.tell(told(named, 1, {}, 'deleted'), told(shared, 1, {}, 'deleted'))
    for (const id of ['NAMED', shared])
      expect(await shop.partner.call('getCustomer', { id })).toMatchObject({ isActive: true })
  })
})

test('an id that a shop has taken counts as taken', async () => {
  const cus = stripeId('cus')
  await shop.tell(told(cus, 0))
  expect((await shop.partner.refusal('createCustomer', { id: cus, name: 'x' })).data).toMatchObject({
    reason: 'customer_exists',
    differs: ['id'],
  })
})
