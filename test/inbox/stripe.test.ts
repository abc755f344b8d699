/** Stripe: what each event brings about, of both shapes that its payloads have. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '../../src/limits.ts'
import { type House, openHouse } from '../house.ts'
import {
  customer,
  event,
  invoice,
  type Sold,
  type StripeEvent,
  stripeId,
  subscription,
  subscriptionItem,
} from './fixtures/stripe.ts'
import { openShop, type TestShop } from './shop.ts'

let house: House
let shop: TestShop
let at: number
const day = 86_400

beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  shop = await openShop(house, 'stripe')
  for (const [sku, edition] of [
    ['price_lite', 'oo-lite'],
    ['standard', 'oo-std'],
    ['prod_enterprise', 'oo-ent'],
    ['price_erp', 'erp-std'],
  ] as const)
    await shop.map(sku, edition)
  at = house.clock.now() - 30 * day
})
afterAll(() => house.close())

/** A subscription of a customer of its own, and the events that tell of it. */
function life(items: Sold[] = [{}]) {
  const account = stripeId('cus')
  const id = stripeId('sub')
  const told = (type: string, after: number, changes: Record<string, unknown> & { items?: Sold[] } = {}) =>
    event(
      `customer.subscription.${type}`,
      subscription(id, account, { items, start_date: at, ...changes }),
      at + after,
    )
  return { account, id, told }
}

async function licensesOf(id: string) {
  return (await shop.partner.call('listLicenses', { subscription: id })).items
}

async function onlyLicense(id: string) {
  const licenses = await licensesOf(id)
  expect(licenses).toHaveLength(1)
  return licenses[0] as (typeof licenses)[number]
}

test('a sale becomes a customer and a licence without an end', async () => {
  const { account, id, told } = life([{ quantity: 5, periodEnd: at + 60 * day }])
  const sold = told('created', 0)
  await shop.tell(event('customer.created', customer(account, { phone: '123' }), at), sold)
  expect(await shop.stateOf(sold)).toEqual({ state: 'applied', reason: null })
  const buyer = await shop.partner.call('getCustomer', { id: account })
  expect(buyer).toMatchObject({ name: 'Jane Doe', email: 'jane@example.com', phone: '123', isActive: true })
  expect(await onlyLicense(id)).toMatchObject({
    customer: account,
    edition: 'oo-lite',
    quantity: 5,
    validFrom: at,
    validUntil: null,
    state: 'active',
    references: { subscription: id, product: 'price_lite' },
    description: 'Paid through 2026-03-31.',
  })
  const events = (await shop.partner.events()).filter(
    ({ data }) => data.customer === account || data.remoteId === account,
  )
  expect(events.map(({ type }) => type)).toEqual(['customer.created', 'license.created'])
  const actors = await house.sql('select distinct actor from event where partner_id = $1', [
    shop.partner.number,
  ])
  expect(actors).toEqual([{ actor: `source:${shop.sourceId}` }])
})

describe('the name under which something is sold', () => {
  test.each([
    [
      'the id of a price',
      { price: 'price_lite', lookupKey: 'standard', product: 'prod_enterprise' },
      'oo-lite',
      'price_lite',
    ],
    [
      'a lookup key',
      { price: 'price_x', lookupKey: 'standard', product: 'prod_enterprise' },
      'oo-std',
      'standard',
    ],
    [
      'the id of a product',
      { price: 'price_x', lookupKey: null, product: 'prod_enterprise' },
      'oo-ent',
      'prod_enterprise',
    ],
  ])('%s', async (_what, item, edition, product) => {
    const { id, told } = life([item])
    await shop.tell(told('created', 0))
    expect(await onlyLicense(id)).toMatchObject({ edition, references: { product } })
  })

  test('in older payloads stands in a plan', async () => {
    const { id, account, told } = life()
    const sold = told('created', 0)
    const plan = { id: 'price_lite', object: 'plan', product: 'prod_office' }
    sold.data.object = { ...subscription(id, account), items: { data: [{ id: 'si_1', quantity: 2, plan }] } }
    await shop.tell(sold)
    expect(await onlyLicense(id)).toMatchObject({ edition: 'oo-lite', quantity: 2 })
  })
})

describe('a licence follows its subscription', () => {
  const tables: [what: string, changes: Record<string, unknown> & { items?: Sold[] }, becomes: object][] = [
    ['trialing: on', { status: 'trialing' }, { state: 'active' }],
    ['past_due: on, the payment is still tried for', { status: 'past_due' }, { state: 'active' }],
    ['unpaid: off', { status: 'unpaid' }, { state: 'suspended', isActive: false }],
    ['paused: off', { status: 'paused' }, { state: 'suspended', isActive: false }],
    ['collection paused alone: on', { pause_collection: { behavior: 'void' } }, { state: 'active' }],
    [
      'a cancellation that was requested: on',
      { cancel_at_period_end: true, canceled_at: 1, cancel_at: 4_000_000_000 },
      { state: 'active', validUntil: null },
    ],
    ['canceled, before the event that ends it: on', { status: 'canceled' }, { state: 'active' }],
    ['another quantity', { items: [{ quantity: 7 }] }, { quantity: 7 }],
    ['a quantity that is counted elsewhere: one', { items: [{ quantity: null }] }, { quantity: 1 }],
    ['none of it at the moment: off', { items: [{ quantity: 0 }] }, { state: 'suspended', isActive: false }],
    [
      'another plan',
      { items: [{ price: 'price_x', product: 'prod_enterprise', quantity: 3 }] },
      { edition: 'oo-ent', references: { product: 'prod_enterprise' } },
    ],
  ]
  test.each(tables)('%s', async (_what, changes, becomes) => {
    const { id, told } = life([{ quantity: 3 }])
    await shop.tell(told('created', 0), told('updated', 60, changes))
    expect(await onlyLicense(id)).toMatchObject({ quantity: 3, ...becomes })
  })

  test('of what is kept in the shop and not bought there is no licence until it is, however it is named', async () => {
    const { id, told } = life([{ quantity: 0, price: 'price_unknown', product: 'prod_unknown' }])
    const none = told('created', 0)
    await shop.tell(none)
    expect(await shop.stateOf(none)).toEqual({ state: 'applied', reason: null })
    expect(await licensesOf(id)).toEqual([])
    await shop.tell(told('updated', 60, { items: [{ quantity: 2 }] }))
    await shop.tell(told('updated', 120, { items: [{ quantity: 0 }] }))
    await shop.tell(told('updated', 180, { items: [{ quantity: 5 }] }))
    expect(await onlyLicense(id)).toMatchObject({ quantity: 5, state: 'active' })
  })

  const unclear: [what: string, spoil: (object: Record<string, unknown>) => object, reason: RegExp][] = [
    [
      'a status that is not known here',
      (object) => ({ ...object, status: 'resting' }),
      /^shape_unknown: status: /,
    ],
    [
      'a list that leaves items out',
      (object) => ({ ...object, items: { ...(object.items as object), has_more: true } }),
      /^shape_unknown: items: must tell every item$/,
    ],
    [
      'more items than a licence is made for',
      (object) => ({
        ...object,
        items: {
          data: Array.from({ length: limits.shopItems + 1 }, (_, n) => subscriptionItem({ id: `si_${n}` })),
        },
      }),
      /^shape_unknown: items.data: /,
    ],
  ]
  test.each(unclear)('%s is for a person to see and changes nothing', async (_what, spoil, reason) => {
    const { id, told } = life([{ id: 'si_a', quantity: 3 }, { id: 'si_b' }])
    const odd = told('updated', 60, { items: [{ id: 'si_a', quantity: 4 }] })
    odd.data.object = spoil(odd.data.object) as Record<string, unknown>
    await shop.tell(told('created', 0))
    await shop.tell(odd)
    expect(await shop.stateOf(odd)).toEqual({ state: 'parked', reason: expect.stringMatching(reason) })
    const kept = (await licensesOf(id)).map(({ quantity, state }) => `${quantity} ${state}`)
    expect(kept.sort()).toEqual(['1 active', '3 active'])
  })

  test('off while it is unpaid, and on again when it is active', async () => {
    const { id, told } = life()
    await shop.tell(told('created', 0), told('updated', 60, { status: 'unpaid' }), told('resumed', 120))
    expect(await onlyLicense(id)).toMatchObject({ state: 'active', isActive: true })
  })

  test('revoked when it ends, and then for good', async () => {
    const { id, told } = life()
    const late = told('updated', 300)
    await shop.tell(told('created', 0), told('deleted', 200, { status: 'canceled' }), late)
    expect(await onlyLicense(id)).toMatchObject({ state: 'revoked' })
    expect(await shop.stateOf(late)).toMatchObject({
      state: 'ignored',
      reason: expect.stringMatching(/^ended:/),
    })
  })

  test('one that was never paid for makes no customer and no licence', async () => {
    const { id, account, told } = life()
    await shop.tell(
      told('created', 0, { status: 'incomplete' }),
      told('updated', 9, { status: 'incomplete_expired' }),
    )
    expect(await licensesOf(id)).toEqual([])
    expect((await shop.partner.refusal('getCustomer', { id: account })).data.reason).toBe('customer_unknown')
  })

  test('an edition that it cannot move to parks the change', async () => {
    const { id, told } = life()
    const change = told('updated', 60, { items: [{ price: 'price_erp' }] })
    await shop.tell(told('created', 0))
    await shop.tell(change)
    expect(await shop.stateOf(change)).toMatchObject({
      state: 'parked',
      reason: expect.stringMatching(/^edition_incompatible:/),
    })
    expect(await onlyLicense(id)).toMatchObject({ edition: 'oo-lite' })
  })

  test('each of several items is a licence, and one that goes is revoked', async () => {
    const both = [{ id: 'si_a' }, { id: 'si_b', price: 'price_erp', quantity: 4 }]
    const { id, told } = life(both)
    await shop.tell(told('created', 0))
    const sold = (await licensesOf(id)).map(({ edition, quantity }) => ({ edition, quantity }))
    expect(sold).toEqual(
      expect.arrayContaining([
        { edition: 'oo-lite', quantity: 1 },
        { edition: 'erp-std', quantity: 4 },
      ]),
    )
    await shop.tell(told('updated', 60, { items: [{ id: 'si_b', price: 'price_erp', quantity: 4 }] }))
    const states = (await licensesOf(id)).map(({ edition, state }) => `${edition} ${state}`)
    expect(states.sort()).toEqual(['erp-std active', 'oo-lite revoked'])
  })

  test('of an item that is not mapped nothing is made, also not of those beside it', async () => {
    const { id, account, told } = life([
      { id: 'si_a' },
      { id: 'si_b', price: 'price_other', product: 'prod_other' },
    ])
    const sold = told('created', 0)
    await shop.tell(sold)
    expect(await shop.stateOf(sold)).toEqual({
      state: 'parked',
      reason: 'sku_unmapped: None of price_other, prod_other is mapped to an edition.',
    })
    expect(await licensesOf(id)).toEqual([])
    expect((await shop.partner.refusal('getCustomer', { id: account })).data.reason).toBe('customer_unknown')
  })

  test('a name that is not mapped any more parks new sales and leaves old ones alone', async () => {
    await shop.map('price_gone', 'oo-lite')
    const old = life([{ price: 'price_gone', product: 'prod_gone' }])
    await shop.tell(old.told('created', 0))
    await shop.partner.call('unmapSku', { sourceId: shop.sourceId, sku: 'price_gone' })
    await shop.tell(
      old.told('updated', 60, { items: [{ price: 'price_gone', product: 'prod_gone', quantity: 9 }] }),
    )
    expect(await onlyLicense(old.id)).toMatchObject({ quantity: 9, state: 'active' })
    const sold = life([{ price: 'price_gone', product: 'prod_gone' }]).told('created', 0)
    await shop.tell(sold)
    expect(await shop.stateOf(sold)).toMatchObject({ state: 'parked' })
  })
})

describe('until when it is paid', () => {
  const end = () => at + 45 * day
  const onSubscription = (id: string, account: string) => ({
    ...subscription(id, account),
    current_period_end: end(),
    items: { data: [{ id: 'si_1', quantity: 1, price: { id: 'price_lite', product: 'prod_office' } }] },
  })

  test('stands on the items, or in older payloads on the subscription', async () => {
    const [newer, older] = [life([{ periodEnd: end() }]), life()]
    const told = older.told('created', 0)
    told.data.object = onSubscription(older.id, older.account)
    await shop.tell(newer.told('created', 0), told)
    for (const { id } of [newer, older])
      expect((await onlyLicense(id)).description).toBe('Paid through 2026-03-16.')
  })

  const invoices: [what: string, invoice: (id: string) => Record<string, unknown>, description: string][] = [
    [
      'an invoice that names its subscription under parent',
      (id) => invoice(id, end()),
      'Paid through 2026-03-16.',
    ],
    [
      'an older one that names it directly',
      (id) => ({ ...invoice(id, end()), parent: undefined, subscription: id }),
      'Paid through 2026-03-16.',
    ],
    [
      'the last of its periods counts, and no proration',
      (id) => ({
        ...invoice(id, end()),
        lines: {
          data: [
            { period: { end: end() - 9 }, proration: false },
            { period: { end: end() } },
            { period: { end: end() + 90 * day }, proration: true },
          ],
        },
      }),
      'Paid through 2026-03-16.',
    ],
    [
      'a newer one that says it of what its line is about',
      (id) => ({
        ...invoice(id, end()),
        lines: {
          data: [
            { period: { end: end() }, parent: { subscription_item_details: { proration: false } } },
            { period: { end: end() + 90 * day }, parent: { subscription_item_details: { proration: true } } },
            { period: { end: end() + 80 * day }, parent: { invoice_item_details: { proration: true } } },
          ],
        },
      }),
      'Paid through 2026-03-16.',
    ],
  ]
  test.each(invoices)('%s', async (_what, made, description) => {
    const { id, told } = life([{ periodEnd: at + day }])
    await shop.tell(told('created', 0), event('invoice.paid', made(id), at + 60))
    expect((await onlyLicense(id)).description).toBe(description)
  })

  test('an invoice may come before its subscription', async () => {
    const { id, told } = life()
    await shop.tell(event('invoice.paid', invoice(id, end()), at), told('created', 0))
    expect((await onlyLicense(id)).description).toBe('Paid through 2026-03-16.')
  })

  test('a description that somebody has written stays', async () => {
    const { id, told } = life([{ periodEnd: end() }])
    await shop.tell(told('created', 0))
    const { licenseId } = await onlyLicense(id)
    await shop.partner.call('updateLicense', { licenseId: licenseId as string, description: 'Ask Isa' })
    await shop.tell(event('invoice.paid', invoice(id, end() + day), at + 60))
    expect((await onlyLicense(id)).description).toBe('Ask Isa')
  })
})

describe('what brings about nothing', () => {
  const others: [type: string, object: Record<string, unknown>, state: string, reason: RegExp][] = [
    ['product.updated', { id: 'prod_1' }, 'ignored', /^type:/],
    ['invoice.payment_failed', { id: 'in_1' }, 'ignored', /^type:/],
    ['customer.subscription.trial_will_end', { id: 'sub_1' }, 'ignored', /^type:/],
    ['invoice.paid', { id: 'in_1', lines: { data: [] } }, 'ignored', /^no_subscription:/],
    ['invoice.paid', { id: 'in_1', subscription: 'sub_1', lines: { data: [] } }, 'ignored', /^no_period:/],
    ['checkout.session.completed', { id: 'cs_1', customer: null }, 'ignored', /^no_customer:/],
    ['charge.refunded', { id: 'ch_1' }, 'parked', /^refund:/],
    ['charge.dispute.created', { id: 'dp_1' }, 'parked', /^chargeback:/],
  ]
  test.each(others)('%s %j: %s', async (type, object, state, reason) => {
    const told = event(type, object, at)
    await shop.tell(told)
    expect(await shop.stateOf(told)).toEqual({ state, reason: expect.stringMatching(reason) })
  })
})

describe('events of the other mode are acknowledged and ignored', () => {
  test.each([
    ['a test event at a live source', false, false],
    ['a live event at a source of a sandbox', true, true],
  ])('%s', async (_what, sandbox, livemode) => {
    const own = await openShop(house, 'stripe', await house.partner({ sandbox }))
    await own.map('price_lite', 'oo-lite')
    const { id, told } = life()
    const [wrong, right] = [told('created', 0), told('created', 0)] as [StripeEvent, StripeEvent]
    wrong.livemode = livemode
    await own.tell(wrong)
    expect(await own.stateOf(wrong)).toMatchObject({
      state: 'ignored',
      reason: expect.stringMatching(/^other_mode:/),
    })
    expect((await own.partner.call('listCustomers', {})).items).toEqual([])
    right.livemode = !livemode
    await own.tell(right)
    expect(await own.stateOf(right)).toMatchObject({ state: 'applied' })
    expect((await own.partner.call('listLicenses', { subscription: id })).items).toMatchObject([
      { state: 'active' },
    ])
  })
})
