/**
 * Hybrid: the sign-up makes an account in the shop and a customer here, and the shop's events find that customer and
 * bring the licences. Which of the two is here first is nobody's to say.
 */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'
import * as spring from '../inbox/fixtures/fastspring.ts'
import { customer, event, stripeId, subscription } from '../inbox/fixtures/stripe.ts'
import { openShop, type TestShop } from '../inbox/shop.ts'
import { storyOf, verdictOn } from './story.ts'

const day = 86_400
let house: House
let at: number
let vendor: TestPartner
let shop: TestShop
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  at = house.clock.now() - 30 * day
})
afterAll(() => house.close())
beforeEach(async () => {
  vendor = await house.partner()
  shop = await openShop(house, 'stripe', vendor)
  await shop.map('price_team', 'oo-std')
})

/** What the shop tells of an account, and of the subscription that is bought for it. */
function life(account = stripeId('cus'), metadata: Record<string, string> = {}) {
  const id = stripeId('sub')
  const told = (type: string, after: number, changes: Record<string, unknown> = {}) =>
    event(
      `customer.subscription.${type}`,
      subscription(id, account, { items: [{ price: 'price_team', quantity: 5 }], ...changes }),
      at + after,
    )
  const made = event('customer.created', customer(account, { name: 'Acme Ltd', metadata }), at)
  return { account, id, made, bought: told('created', 1), told }
}

/** What the sign-up calls for an account, under the id that the customer is to have. */
async function signUp(id: string, more: { customerId?: string } = {}): Promise<void> {
  await vendor.call('createCustomer', { id, name: 'Acme Ltd', email: 'jane@example.com', ...more })
  await withPerson(id)
}

async function withPerson(id: string): Promise<void> {
  await vendor.call('createConsumer', { customer: id, id: 'U-17', email: 'ann@acme.example' })
  await vendor.call('grantAccess', { customer: id, consumer: 'U-17' })
}

const ann = { consumer: 'U-17' }
const signedUp = ['customer.created', 'consumer.created', 'access.granted']

test('the sign-up creates the customer under the account’s id; bought, asked to be cancelled, over', async () => {
  const { account, made, bought, told } = life()
  await signUp(account)
  expect(await verdictOn(vendor, ann, 'oo-std')).toBe('no_license 0')
  await shop.tell(made, bought)
  expect(await verdictOn(vendor, ann, 'oo-std')).toBe('entitled 5')
  await shop.tell(told('updated', day, { cancel_at_period_end: true }))
  expect(await verdictOn(vendor, ann, 'oo-std')).toBe('entitled 5')
  await shop.tell(told('deleted', 30 * day, { status: 'canceled' }))
  expect(await verdictOn(vendor, ann, 'oo-std')).toBe('revoked 0')
  expect((await vendor.call('listCustomers', {})).items).toHaveLength(1)
  expect(await storyOf(vendor)).toEqual([...signedUp, 'license.created', 'license.revoked'])
})

describe.each([
  ['the account’s id', undefined, {}],
  ['a number of its own, which stands in metadata.remoteId', 'K001', { remoteId: 'K001' }],
])('the sign-up uses %s', (_what, number, metadata: Record<string, string>) => {
  test('and is here first', async () => {
    const { account, made, bought } = life(stripeId('cus'), metadata)
    await signUp(number ?? account)
    await shop.tell(made, bought, made, bought)
    expect(await verdictOn(vendor, ann, 'oo-std')).toBe('entitled 5')
    expect((await vendor.call('listCustomers', {})).items).toHaveLength(1)
    expect(await storyOf(vendor)).toEqual([...signedUp, 'license.created'])
  })

  test('and the events are here first: it is told that the number is taken, and goes on', async () => {
    const { account, made, bought } = life(stripeId('cus'), metadata)
    await shop.tell(bought, made)
    const id = number ?? account
    const refused = await vendor.refusal('createCustomer', { id, name: 'Acme Ltd' })
    expect(refused.data).toMatchObject({ reason: 'customer_exists', differs: ['id'] })
    await withPerson(id)
    expect(await verdictOn(vendor, ann, 'oo-std')).toBe('entitled 5')
    expect((await vendor.call('listCustomers', {})).items).toHaveLength(1)
    const changes = ['customer.updated', ...(number === undefined ? [] : ['customer.renamed'])]
    expect((await storyOf(vendor)).toSorted()).toEqual(
      [...signedUp, 'license.created', ...changes].toSorted(),
    )
  })
})

test('sign-ups and events at the same moment: each account is one customer, whoever was first', async () => {
  const lives = Array.from({ length: 20 }, () => life())
  const statuses = await Promise.all(
    lives.flatMap(({ account, made, bought }) => [
      shop.send(JSON.stringify(bought)).then(({ status }) => String(status)),
      vendor
        .post({ method: 'createCustomer', params: { id: account, name: 'Acme Ltd' } })
        .then(({ status, text }) =>
          status === 409 && text.includes('"differs":["id"]') ? '200' : String(status),
        ),
      shop.send(JSON.stringify(made)).then(({ status }) => String(status)),
    ]),
  )
  expect(new Set(statuses)).toEqual(new Set(['200']))
  await shop.settled()
  expect((await vendor.call('listCustomers', {})).items.map(({ remoteId }) => remoteId).toSorted()).toEqual(
    lives.map(({ account }) => account).toSorted(),
  )
  for (const { account } of lives)
    expect(await verdictOn(vendor, { customer: account }, 'oo-std')).toBe('entitled 5')
  const story = await storyOf(vendor)
  expect(story.filter((type) => type === 'customer.created')).toHaveLength(lives.length)
  expect(story.filter((type) => type === 'license.created')).toHaveLength(lives.length)
})

describe('the sign-up uses our UUID, which stands in metadata.customerId', () => {
  test('and is here first', async () => {
    const customerId = randomUUID()
    const { made, bought } = life(stripeId('cus'), { customerId })
    await signUp('K001', { customerId })
    await shop.tell(made, bought)
    expect(await verdictOn(vendor, ann, 'oo-std')).toBe('entitled 5')
    expect(await storyOf(vendor)).toEqual([...signedUp, 'license.created'])
  })

  test('and the events are here first: the customer is renamed to the number of the sign-up', async () => {
    const customerId = randomUUID()
    const { account, made, bought } = life(stripeId('cus'), { customerId })
    await shop.tell(made, bought)
    const refused = await vendor.refusal('createCustomer', { id: 'K001', customerId, name: 'Acme Ltd' })
    expect(refused.data).toMatchObject({ reason: 'customer_exists', differs: ['id'] })
    await vendor.call('renameCustomer', { id: account, newId: 'K001' })
    await withPerson('K001')
    expect(await verdictOn(vendor, ann, 'oo-std')).toBe('entitled 5')
    expect(await vendor.call('getCustomer', { customerId })).toMatchObject({ remoteId: 'K001' })
    expect(await storyOf(vendor)).toEqual([
      'customer.created',
      'license.created',
      'customer.renamed',
      'consumer.created',
      'access.granted',
    ])
  })
})

test('at FastSpring the number stands in lookup.custom', async () => {
  const fastspring = await openShop(house, 'fastspring', vendor)
  await fastspring.map('office-lite', 'oo-lite')
  await signUp('K001')
  const buyer = spring.account(spring.fastSpringId(), { lookup: { custom: 'K001' } })
  const sold = spring.subscription(spring.fastSpringId(), buyer, { begin: at, quantity: 3 })
  await fastspring.tell(spring.event('subscription.activated', sold, at))
  expect(await verdictOn(vendor, ann, 'oo-lite')).toBe('entitled 3')
  // What the shop knows of the buyer replaces what the sign-up knew.
  expect(await storyOf(vendor)).toEqual([...signedUp, 'customer.updated', 'license.created'])
})

test('a customer who returns signs in, buys under the same account, and is found again', async () => {
  const first = life()
  await signUp(first.account)
  await shop.tell(first.made, first.bought, first.told('deleted', 2, { status: 'canceled' }))
  const second = life(first.account)
  await shop.tell(second.told('created', 9, { items: [{ price: 'price_team', quantity: 1 }] }))
  expect(await verdictOn(vendor, ann, 'oo-std')).toBe('entitled 1')
  expect(await storyOf(vendor)).toEqual([
    ...signedUp,
    'license.created',
    'license.revoked',
    'license.created',
  ])
})

test('a new e-mail address, told by the shop or by the sign-up, changes nothing else', async () => {
  const { account, made, bought } = life()
  await signUp(account)
  await shop.tell(made, bought)
  await shop.tell(
    event('customer.updated', customer(account, { name: 'Acme Ltd', email: 'it@acme.example' }), at + 5),
  )
  const found = await vendor.call('findCustomers', { email: 'it@acme.example' })
  expect(found.items).toMatchObject([{ remoteId: account }])
  await vendor.call('updateConsumer', { id: 'U-17', email: 'ann.lee@acme.example' })
  expect(await verdictOn(vendor, ann, 'oo-std')).toBe('entitled 5')
  expect(await storyOf(vendor)).toEqual([
    ...signedUp,
    'license.created',
    'customer.updated',
    'consumer.updated',
  ])
})
