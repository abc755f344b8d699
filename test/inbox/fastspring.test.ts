/** FastSpring: what each event brings about, with webhook expansion and without. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../house.ts'
import {
  account,
  event,
  fastSpringId,
  order,
  returned,
  type Subscribed,
  subscription,
} from './fixtures/fastspring.ts'
import { openShop, type TestShop } from './shop.ts'

let house: House
let shop: TestShop
let at: number
const day = 86_400

beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  shop = await openShop(house, 'fastspring')
  await shop.map('office-lite', 'oo-lite')
  await shop.map('SKU-STD', 'oo-std')
  await shop.map('office-perpetual', 'oo-ent')
  at = house.clock.now() - 30 * day
})
afterAll(() => house.close())

function life(whole = true) {
  const id = fastSpringId()
  const buyer = account(fastSpringId())
  const told = (type: string, after: number, sold: Subscribed = {}) =>
    event(`subscription.${type}`, subscription(id, buyer, { begin: at, ...sold }, whole), at + after)
  return { id, buyer, told }
}

async function licensesOf(reference: { subscription: string } | { order: string }) {
  return (await shop.partner.call('listLicenses', reference)).items
}

describe.each([
  ['with expansion', true],
  ['without', false],
])('a subscription %s', (_what, whole) => {
  test('becomes a customer and a licence without an end', async () => {
    const { id, buyer, told } = life(whole)
    const sold = told('activated', 0, { quantity: 3, next: at + 31 * day })
    await shop.tell(sold)
    expect(await shop.stateOf(sold)).toEqual({ state: 'applied', reason: null })
    expect(await licensesOf({ subscription: id })).toMatchObject([
      {
        customer: buyer.id,
        edition: 'oo-lite',
        quantity: 3,
        validFrom: at,
        validUntil: null,
        state: 'active',
        references: { subscription: id, product: 'office-lite' },
        description: 'Paid through 2026-03-02.',
      },
    ])
    const customer = await shop.partner.call('getCustomer', { id: buyer.id as string })
    expect(customer).toMatchObject(
      whole
        ? { name: 'Jane Doe', email: 'jane@example.com', kind: 'person' }
        : { name: buyer.id, email: null },
    )
  })

  const tables: [what: string, type: string, sold: Subscribed, becomes: object][] = [
    [
      'canceled: on until it is deactivated',
      'canceled',
      { state: 'canceled' },
      { state: 'active', validUntil: null },
    ],
    ['uncanceled: on', 'uncanceled', {}, { state: 'active' }],
    ['paused: off', 'paused', { state: 'paused' }, { state: 'suspended' }],
    ['overdue: on, the payment is still tried for', 'updated', { state: 'overdue' }, { state: 'active' }],
    ['another quantity', 'updated', { quantity: 8 }, { quantity: 8 }],
    ['another product', 'updated', { product: 'x', sku: 'SKU-STD' }, { edition: 'oo-std' }],
    ['deactivated: revoked', 'deactivated', { state: 'deactivated' }, { state: 'revoked' }],
  ]
  test.each(tables)('%s', async (_row, type, sold, becomes) => {
    const { id, told } = life(whole)
    await shop.tell(told('activated', 0), told(type, 60, sold))
    expect(await licensesOf({ subscription: id })).toMatchObject([becomes])
  })

  test('paused and resumed: on', async () => {
    const { id, told } = life(whole)
    await shop.tell(told('activated', 0), told('paused', 60, { state: 'paused' }), told('resumed', 120))
    expect(await licensesOf({ subscription: id })).toMatchObject([{ state: 'active' }])
  })
})

describe('a charge', () => {
  test('that tells its subscription whole tells until when it is paid', async () => {
    const { id, buyer, told } = life()
    const charged = subscription(id, buyer, { next: at + 61 * day })
    const charge = event(
      'subscription.charge.completed',
      { subscription: charged, status: 'successful' },
      at + 60,
    )
    await shop.tell(told('activated', 0, { next: at + 31 * day }), charge)
    expect(await licensesOf({ subscription: id })).toMatchObject([
      { description: 'Paid through 2026-04-01.' },
    ])
  })

  test('that tells ids alone changes nothing', async () => {
    const charge = event('subscription.charge.completed', { order: 'O', subscription: 'S', account: 'A' }, at)
    await shop.tell(charge)
    expect(await shop.stateOf(charge)).toMatchObject({
      state: 'ignored',
      reason: expect.stringMatching(/^ids_only:/),
    })
  })
})

test('a state that is not known here is for a person to see', async () => {
  const { id, told } = life()
  const odd = told('updated', 60, { state: 'resting', quantity: 9 })
  await shop.tell(told('activated', 0), odd)
  expect(await shop.stateOf(odd)).toEqual({
    state: 'parked',
    reason: expect.stringMatching(/^shape_unknown: state: /),
  })
  expect(await licensesOf({ subscription: id })).toMatchObject([{ quantity: 1, state: 'active' }])
})

test('a deactivation may tell no more than an id', async () => {
  const { id, told } = life()
  await shop.tell(told('activated', 0), event('subscription.deactivated', { subscription: id }, at + 60))
  expect(await licensesOf({ subscription: id })).toMatchObject([{ state: 'revoked' }])
})

describe('an order', () => {
  test.each([true, false])(
    'becomes perpetual licences, one for each item that is no subscription (whole: %s)',
    async (whole) => {
      const [id, buyer] = [fastSpringId(), account(fastSpringId())]
      const items = [
        { quantity: 2 },
        { product: 'y', sku: 'SKU-STD' },
        { product: 'office-lite', subscription: 'S' },
      ]
      await shop.tell(event('order.completed', order(id, buyer, items, { whole }), at))
      const sold = await licensesOf({ order: id })
      expect(sold).toHaveLength(2)
      expect(sold).toEqual(
        expect.arrayContaining([
          expect.objectContaining({
            edition: 'oo-ent',
            quantity: 2,
            validFrom: at,
            validUntil: null,
            state: 'active',
          }),
          expect.objectContaining({
            edition: 'oo-std',
            references: { order: id, product: 'SKU-STD' },
            customer: buyer.id,
          }),
        ]),
      )
    },
  )

  const ends: [what: string, end: (id: string) => ReturnType<typeof event>, state: string, item: object][] = [
    [
      'a return of the whole',
      (id) => event('return.created', returned(id, 100), at + 60),
      'revoked',
      { state: 'applied' },
    ],
    [
      'its cancellation',
      (id) => event('order.canceled', { id, order: id }, at + 60),
      'revoked',
      { state: 'applied' },
    ],
    [
      'a partial return is for a person to see',
      (id) => event('return.created', returned(id, 40), at + 60),
      'active',
      { state: 'parked', reason: expect.stringMatching(/^partial_return:/) },
    ],
    [
      'so is a chargeback',
      (id) => event('chargeback.created', { order: id }, at + 60),
      'active',
      { state: 'parked', reason: expect.stringMatching(/^chargeback:/) },
    ],
    [
      'so is a return that tells an id alone',
      (id) => event('return.created', { original: id, totalReturn: 100 }, at + 60),
      'active',
      { state: 'parked', reason: expect.stringMatching(/^ids_only:/) },
    ],
    [
      'a return that is not made yet changes nothing',
      (id) => event('return.created', { ...returned(id, 100), completed: false }, at + 60),
      'active',
      { state: 'ignored', reason: expect.stringMatching(/^not_completed:/) },
    ],
  ]
  test.each(ends)('%s', async (_what, ending, state, item) => {
    const id = fastSpringId()
    const end = ending(id)
    await shop.tell(event('order.completed', order(id, account(fastSpringId())), at), end)
    expect(await licensesOf({ order: id })).toMatchObject([{ state }])
    expect(await shop.stateOf(end)).toMatchObject(item)
  })

  test('that was returned before it arrived becomes none', async () => {
    const id = fastSpringId()
    await shop.tell(event('return.created', returned(id, 100), at + 60))
    await shop.tell(event('order.completed', order(id, account(fastSpringId())), at))
    expect(await licensesOf({ order: id })).toEqual([])
  })

  test.each([
    ['null', null],
    ['no word', undefined],
  ])('whose item says %s of a subscription is sold once and for all', async (_what, subscription) => {
    const id = fastSpringId()
    const items = [{ product: 'office-perpetual', sku: null, quantity: 1, fulfillments: {}, subscription }]
    const sold = { ...order(id, account(fastSpringId())), items }
    await shop.tell(event('order.completed', sold, at))
    expect(await licensesOf({ order: id })).toMatchObject([{ validUntil: null, quantity: 1 }])
  })

  test('that tells its id alone is for a person to see', async () => {
    const bare = event('order.completed', { order: fastSpringId() }, at)
    await shop.tell(bare)
    expect(await shop.stateOf(bare)).toMatchObject({
      state: 'parked',
      reason: expect.stringMatching(/^ids_only:/),
    })
  })
})

describe('what is told twice', () => {
  test('an event that is sent again by hand, under a new id, does nothing again', async () => {
    const { id, told } = life()
    const sold = told('activated', 0, { changed: at, quantity: 2 })
    const more = told('updated', 60, { changed: at + 60, quantity: 5 })
    await shop.tell(sold, more)
    const before = await shop.partner.events()
    const again = { ...sold, id: fastSpringId(), created: (at + 90) * 1_000 }
    await shop.tell(again, { ...more, id: fastSpringId(), created: (at + 95) * 1_000 })
    expect(await shop.stateOf(again)).toMatchObject({
      state: 'ignored',
      reason: expect.stringMatching(/^older:/),
    })
    expect(await licensesOf({ subscription: id })).toMatchObject([{ quantity: 5, version: 2 }])
    expect(await shop.partner.events()).toEqual(before)
  })

  test('an order that is sent again by hand is sold once', async () => {
    const id = fastSpringId()
    const sold = event('order.completed', order(id, account(fastSpringId())), at)
    await shop.tell(sold)
    await shop.tell({ ...sold, id: fastSpringId() })
    expect(await licensesOf({ order: id })).toHaveLength(1)
  })

  test('one body may carry the same event twice', async () => {
    const { id, told } = life()
    const sold = told('activated', 0)
    await shop.tell(sold, sold)
    expect((await shop.inbox()).filter(({ eventId }) => eventId === sold.id)).toHaveLength(1)
    expect(await licensesOf({ subscription: id })).toHaveLength(1)
  })
})

test('a test event at a live source is ignored', async () => {
  const { told } = life()
  const sold = { ...told('activated', 0), live: false }
  await shop.tell(sold)
  expect(await shop.stateOf(sold)).toMatchObject({
    state: 'ignored',
    reason: expect.stringMatching(/^other_mode:/),
  })
})
