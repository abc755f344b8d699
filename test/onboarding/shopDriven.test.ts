/**
 * E-commerce-driven: nobody calls anything. The events of the shops alone make customers and licences, and end them.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../house.ts'
import * as spring from '../inbox/fixtures/fastspring.ts'
import {
  customer,
  event,
  invoice,
  type StripeEvent,
  stripeId,
  subscription,
} from '../inbox/fixtures/stripe.ts'
import { openShop, type TestShop } from '../inbox/shop.ts'
import { namedStoryOf, storyOf, verdictOn } from './story.ts'

const day = 86_400
let house: House
let at: number
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  at = house.clock.now() - 30 * day
})
afterAll(() => house.close())

describe('Stripe', () => {
  let vendor: TestPartner
  let shop: TestShop
  beforeEach(async () => {
    vendor = await house.partner()
    shop = await openShop(house, 'stripe', vendor)
    await shop.map('price_team', 'oo-std')
  })

  /** What Stripe tells of a customer who buys, asks for the end, and comes to it. */
  function life(account = stripeId('cus'), id = stripeId('sub')) {
    const told = (type: string, after: number, changes: Record<string, unknown> = {}): StripeEvent =>
      event(
        `customer.subscription.${type}`,
        subscription(id, account, {
          start_date: at,
          items: [{ price: 'price_team', quantity: 5, periodEnd: at + 31 * day }],
          ...changes,
        }),
        at + after,
      )
    const bought = [event('customer.created', customer(account), at), told('created', 1)]
    const asked = told('updated', 2 * day, { cancel_at_period_end: true, canceled_at: at + 2 * day })
    const over = told('deleted', 31 * day, { status: 'canceled', ended_at: at + 31 * day })
    return { account, id, told, bought, asked, over }
  }

  test('bought, asked to be cancelled, over', async () => {
    const { account, bought, asked, over, told } = life()
    await shop.tell(...bought)
    expect(await verdictOn(vendor, { customer: account }, 'oo-std')).toBe('entitled 5')
    expect(await vendor.call('getCustomer', { id: account })).toMatchObject({
      name: 'Jane Doe',
      email: 'jane@example.com',
    })

    const before = await vendor.events()
    await shop.tell(asked)
    expect(await shop.stateOf(asked)).toEqual({ state: 'applied', reason: null })
    expect(await vendor.events()).toEqual(before)
    expect(await verdictOn(vendor, { customer: account }, 'oo-std')).toBe('entitled 5')

    // Whatever the shop still says of it later, it does not begin again.
    await shop.tell(over, told('updated', 32 * day), told('created', 33 * day))
    expect(await verdictOn(vendor, { customer: account }, 'oo-std')).toBe('revoked 0')
    expect(await namedStoryOf(vendor)).toEqual([
      `customer.created ${account}`,
      `license.created ${account}`,
      `license.revoked ${account}`,
    ])
  })

  test('unpaid switches off, paid again switches on', async () => {
    const { account, id, bought, told } = life()
    await shop.tell(...bought, told('updated', 3 * day, { status: 'unpaid' }))
    expect(await verdictOn(vendor, { customer: account }, 'oo-std')).toBe('suspended 0')
    await shop.tell(
      told('updated', 4 * day, { items: [{ price: 'price_team', quantity: 5, periodEnd: at + 61 * day }] }),
      event('invoice.paid', invoice(id, at + 61 * day), at + 4 * day),
    )
    expect(await verdictOn(vendor, { customer: account }, 'oo-std')).toBe('entitled 5')
    const { items } = await vendor.call('listLicenses', { subscription: id })
    expect(items).toMatchObject([{ validUntil: null, description: 'Paid through 2026-04-01.' }])
    expect(await storyOf(vendor)).toEqual([
      'customer.created',
      'license.created',
      'license.updated',
      'license.updated',
    ])
  })

  test('all of it twice and backwards ends the same, and what is over never begins', async () => {
    const { account, bought, asked, over } = life()
    const backwards = [...bought, asked, over].reverse()
    await shop.tell(...backwards, ...backwards)
    const { items } = await vendor.call('listLicenses', {})
    expect(items).toEqual([])
    // The subscription was over before anybody was told that it had begun; the account is a customer all the same.
    expect(await namedStoryOf(vendor)).toEqual([`customer.created ${account}`])
  })

  test('a customer who returns has one record, and the old licence stays revoked', async () => {
    const first = life()
    await shop.tell(...first.bought, first.over)
    const second = life(first.account)
    await shop.tell(second.told('created', 40 * day, { items: [{ price: 'price_team', quantity: 2 }] }))
    expect(await verdictOn(vendor, { customer: first.account }, 'oo-std')).toBe('entitled 2')
    expect((await vendor.call('listCustomers', {})).items).toHaveLength(1)
    expect(await storyOf(vendor)).toEqual([
      'customer.created',
      'license.created',
      'license.revoked',
      'license.created',
    ])
  })

  test('a customer who returns under a new account of the shop is two, until the shop is told who it is', async () => {
    const [first, second] = [life(), life()]
    await shop.tell(...first.bought, first.over, ...second.bought)
    expect((await vendor.call('listCustomers', {})).items).toHaveLength(2)
    await shop.tell(
      event(
        'customer.updated',
        customer(second.account, { metadata: { remoteId: first.account } }),
        at + day,
      ),
    )
    expect(await verdictOn(vendor, { customer: first.account }, 'oo-std')).toBe('entitled 5')
    expect(await verdictOn(vendor, { customer: second.account }, 'oo-std')).toBe('revoked 0')
    expect(await namedStoryOf(vendor)).toEqual([
      `customer.created ${first.account}`,
      `license.created ${first.account}`,
      `license.revoked ${first.account}`,
      `customer.created ${second.account}`,
      `license.created ${second.account}`,
      `license.revoked ${second.account}`,
      `license.created ${first.account}`,
    ])
  })

  test('a customer who changes the e-mail address is found by the new one', async () => {
    const { account, bought } = life()
    await shop.tell(...bought)
    await shop.tell(event('customer.updated', customer(account, { email: 'new@example.com' }), at + 9))
    expect((await vendor.call('findCustomers', { email: 'NEW@example.com' })).items).toMatchObject([
      { remoteId: account },
    ])
    expect((await vendor.call('findCustomers', { email: 'jane@example.com' })).items).toEqual([])
    expect(await verdictOn(vendor, { customer: account }, 'oo-std')).toBe('entitled 5')
    expect(await storyOf(vendor)).toEqual(['customer.created', 'license.created', 'customer.updated'])
  })

  test('what is changed by hand follows the shop again, and what is revoked by hand stays revoked', async () => {
    const { account, id, bought, told } = life()
    await shop.tell(...bought)
    const [sold] = (await vendor.call('listLicenses', { subscription: id })).items
    const licenseId = sold?.licenseId as string
    await vendor.call('updateLicense', { licenseId, quantity: 50, isActive: false, name: 'Ask Isa' })
    await shop.tell(told('updated', day))
    const { items } = await vendor.call('listLicenses', { subscription: id })
    expect(items).toMatchObject([{ quantity: 5, isActive: true, name: 'Ask Isa' }])

    await vendor.call('revokeLicenses', { customer: account, subscription: id })
    const late = told('updated', 2 * day, { items: [{ price: 'price_team', quantity: 6 }] })
    await shop.tell(late)
    expect(await shop.stateOf(late)).toMatchObject({
      state: 'parked',
      reason: expect.stringMatching(/^license_revoked:/),
    })
    expect(await verdictOn(vendor, { customer: account }, 'oo-std')).toBe('revoked 0')
    expect(await storyOf(vendor)).toEqual([
      'customer.created',
      'license.created',
      'license.updated',
      'license.updated',
      'license.revoked',
      'inbox.parked',
    ])
  })

  test('sold under a name that nobody has mapped: parked, mapped, replayed', async () => {
    const { account, told } = life()
    const sold = told('created', 1, {
      items: [{ price: 'price_new', lookupKey: 'team_2026', product: 'prod_new', quantity: 3 }],
    })
    await shop.tell(sold)
    expect(await shop.stateOf(sold)).toEqual({
      state: 'parked',
      reason: 'sku_unmapped: None of price_new, team_2026, prod_new is mapped to an edition.',
    })
    expect(await storyOf(vendor)).toEqual(['inbox.parked'])

    await shop.map('team_2026', 'oo-std')
    await vendor.call('replayInbox', { sourceId: shop.sourceId })
    await shop.left('parked', 0)
    expect(await shop.stateOf(sold)).toEqual({ state: 'applied', reason: null })
    expect(await verdictOn(vendor, { customer: account }, 'oo-std')).toBe('entitled 3')
    expect(await storyOf(vendor)).toEqual(['inbox.parked', 'customer.created', 'license.created'])
  })
})

describe('FastSpring', () => {
  let vendor: TestPartner
  let shop: TestShop
  beforeEach(async () => {
    vendor = await house.partner()
    shop = await openShop(house, 'fastspring', vendor)
    await shop.map('office-lite', 'oo-lite')
    await shop.map('office-perpetual', 'oo-ent')
  })

  test('a subscription: bought, asked to be cancelled, over', async () => {
    const buyer = spring.account(spring.fastSpringId())
    const id = spring.fastSpringId()
    const told = (type: string, after: number, sold: spring.Subscribed = {}) =>
      spring.event(
        `subscription.${type}`,
        spring.subscription(id, buyer, { begin: at, quantity: 4, ...sold }),
        at + after,
      )
    const who = { customer: buyer.id as string }
    await shop.tell(spring.event('account.created', buyer, at), told('activated', 1))
    expect(await verdictOn(vendor, who, 'oo-lite')).toBe('entitled 4')
    await shop.tell(told('canceled', day, { state: 'canceled' }))
    expect(await verdictOn(vendor, who, 'oo-lite')).toBe('entitled 4')
    await shop.tell(told('deactivated', 31 * day, { state: 'deactivated' }))
    expect(await verdictOn(vendor, who, 'oo-lite')).toBe('revoked 0')
    expect(await storyOf(vendor)).toEqual(['customer.created', 'license.created', 'license.revoked'])
  })

  test('an order that is no subscription is for good, until the whole of it is returned', async () => {
    const buyer = spring.account(spring.fastSpringId())
    const [id, who] = [spring.fastSpringId(), { customer: buyer.id as string }]
    await shop.tell(spring.event('order.completed', spring.order(id, buyer, [{ quantity: 2 }]), at))
    expect(await verdictOn(vendor, who, 'oo-ent')).toBe('entitled 2')
    await shop.tell(spring.event('return.created', spring.returned(id, 40), at + 1))
    expect(await verdictOn(vendor, who, 'oo-ent')).toBe('entitled 2')
    await shop.tell(spring.event('return.created', spring.returned(id, 100), at + 2))
    expect(await verdictOn(vendor, who, 'oo-ent')).toBe('revoked 0')
    expect(await storyOf(vendor)).toEqual([
      'customer.created',
      'license.created',
      'inbox.parked',
      'license.revoked',
    ])
  })
})

describe('one who buys in both shops', () => {
  let vendor: TestPartner
  let stripe: TestShop
  let fastspring: TestShop
  beforeEach(async () => {
    vendor = await house.partner()
    stripe = await openShop(house, 'stripe', vendor)
    fastspring = await openShop(house, 'fastspring', vendor)
    await stripe.map('price_team', 'oo-std')
    await fastspring.map('office-perpetual', 'oo-ent')
  })

  const account = stripeId('cus')
  const atStripe = (metadata: Record<string, string>, after: number) =>
    event('customer.updated', customer(account, { metadata }), at + after)
  const sold = () =>
    event(
      'customer.subscription.created',
      subscription(stripeId('sub'), account, { items: [{ price: 'price_team' }] }),
      at + 1,
    )
  const atFastSpring = (lookup: Record<string, string>) =>
    spring.event(
      'order.completed',
      spring.order(spring.fastSpringId(), spring.account('fs_account', { lookup })),
      at + 2,
    )

  test('is one customer, where both shops know the same number', async () => {
    await stripe.tell(atStripe({ remoteId: 'K001' }, 0), sold())
    await fastspring.tell(atFastSpring({ custom: 'K001' }))
    expect(await verdictOn(vendor, { customer: 'K001' }, 'oo-std')).toBe('entitled 1')
    expect(await verdictOn(vendor, { customer: 'K001' }, 'oo-ent')).toBe('entitled 1')
    expect(await namedStoryOf(vendor)).toEqual([
      'customer.created K001',
      'license.created K001',
      // The second shop knows the same person as a person, with a telephone.
      'customer.updated K001',
      'license.created K001',
    ])
  })

  test('becomes one customer, where a shop learns the number only afterwards', async () => {
    await stripe.tell(sold())
    await fastspring.tell(atFastSpring({ custom: 'K001' }))
    expect((await vendor.call('listCustomers', {})).items).toHaveLength(2)
    await stripe.tell(atStripe({ remoteId: 'K001' }, 3))
    expect(await verdictOn(vendor, { customer: 'K001' }, 'oo-std')).toBe('entitled 1')
    expect(await verdictOn(vendor, { customer: 'K001' }, 'oo-ent')).toBe('entitled 1')
    expect(await verdictOn(vendor, { customer: account }, 'oo-std')).toBe('revoked 0')
    expect(await namedStoryOf(vendor)).toEqual([
      `customer.created ${account}`,
      `license.created ${account}`,
      'customer.created K001',
      'license.created K001',
      `license.revoked ${account}`,
      'license.created K001',
    ])
  })
})
