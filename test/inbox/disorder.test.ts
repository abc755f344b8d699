/** Events in any order, twice and late: whatever the order in which they arrive, it ends the same way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse } from '../house.ts'
import * as spring from './fixtures/fastspring.ts'
import { customer, event, invoice, type StripeEvent, stripeId, subscription } from './fixtures/stripe.ts'
import { openShop, type TestShop } from './shop.ts'

let house: House
let at: number
const day = 86_400

beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  at = house.clock.now() - 60 * day
})
afterAll(() => house.close())

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((first, index) =>
    permutations(items.toSpliced(index, 1)).map((rest) => [first, ...rest]),
  )
}

/** What is left in the end of many lives, each lived in another order; all are told together, to save time. */
async function ends<Event>(
  shop: TestShop,
  lives: { id: string; account: string; told: Event[] }[],
  tell: (events: Event[]) => Promise<void>,
): Promise<unknown[]> {
  // The first event of every life, then the second of every life, and so on.
  const steps = Math.max(...lives.map(({ told }) => told.length))
  for (let step = 0; step < steps; step++) await tell(lives.flatMap(({ told }) => told[step] ?? []))
  expect((await shop.partner.call('listInbox', { sourceId: shop.sourceId, state: 'parked' })).items).toEqual(
    [],
  )
  expect((await shop.partner.call('listInbox', { sourceId: shop.sourceId, state: 'failed' })).items).toEqual(
    [],
  )
  return Promise.all(lives.map(({ id, account }) => endOf(shop, id, account)))
}

async function endOf(shop: TestShop, id: string, account: string) {
  const buyer = await shop.partner.call('getCustomer', { id: account })
  const { items } = await shop.partner.call('listLicenses', { subscription: id, limit: 500 })
  return {
    customer: { name: buyer.name, email: buyer.email, isActive: buyer.isActive },
    usable: items
      .filter(({ state }) => state !== 'revoked')
      .map(({ edition, quantity, state, isActive, validFrom, validUntil, description, references }) => {
        return {
          edition,
          quantity,
          state,
          isActive,
          validFrom,
          validUntil,
          description,
          product: references.product,
        }
      }),
  }
}

/** One life of a subscription, as Stripe tells it, under ids of its own. */
function stripeLife(withEnd: boolean): { id: string; account: string; told: StripeEvent[] } {
  const account = stripeId('cus')
  const id = stripeId('sub')
  const of = (changes: Parameters<typeof subscription>[2] = {}) =>
    subscription(id, account, { start_date: at, ...changes })
  const told = [
    event('customer.created', customer(account, { name: 'First name', email: 'first@example.com' }), at),
    event(
      'customer.subscription.created',
      of({ status: 'trialing', items: [{ periodEnd: at + 14 * day }] }),
      at + 1,
    ),
    event(
      'customer.subscription.updated',
      of({ status: 'unpaid', items: [{ periodEnd: at + 44 * day }] }),
      at + day,
    ),
    event('invoice.paid', invoice(id, at + 45 * day), at + 2 * day),
    event(
      'customer.subscription.updated',
      of({ items: [{ price: 'price_std', quantity: 4, periodEnd: at + 45 * day }] }),
      at + 3 * day,
    ),
  ]
  return withEnd
    ? {
        id,
        account,
        told: [
          ...told.slice(0, 4),
          event('customer.subscription.deleted', of({ status: 'canceled' }), at + 9 * day),
        ],
      }
    : { id, account, told }
}

describe('Stripe: each of the 120 orders of five events', () => {
  async function shopWithNames(): Promise<TestShop> {
    const shop = await openShop(house, 'stripe')
    await shop.map('price_lite', 'oo-lite')
    await shop.map('price_std', 'oo-std')
    return shop
  }

  test.each([
    [
      'a subscription that goes on',
      false,
      [
        {
          edition: 'oo-std',
          quantity: 4,
          state: 'active',
          isActive: true,
          validUntil: null,
          description: 'Paid through 2026-02-14.',
          product: 'price_std',
        },
      ],
    ],
    ['one that ends', true, []],
  ])('%s', async (_what, withEnd, usable) => {
    const shop = await shopWithNames()
    const orders = permutations([0, 1, 2, 3, 4])
    const lives = orders.map((order) => {
      const life = stripeLife(withEnd)
      return { ...life, told: order.map((index) => life.told[index] as StripeEvent) }
    })
    const found = await ends(shop, lives, async (events) => {
      await Promise.all(events.map((told) => shop.send(JSON.stringify(told))))
      await shop.settled()
    })
    const expected = {
      customer: { name: 'First name', email: 'first@example.com', isActive: true },
      usable: usable.map((license) => ({ ...license, validFrom: at })),
    }
    expect(found).toEqual(orders.map(() => expected))
  })
})

test('FastSpring: each of the 24 orders of four events, each told twice', async () => {
  const shop = await openShop(house, 'fastspring')
  await shop.map('office-lite', 'oo-lite')
  const lives = permutations([0, 1, 2, 3]).map((order) => {
    const id = spring.fastSpringId()
    const buyer = spring.account(spring.fastSpringId())
    const told = (type: string, after: number, sold: spring.Subscribed) =>
      spring.event(`subscription.${type}`, spring.subscription(id, buyer, { begin: at, ...sold }), at + after)
    const life = [
      told('activated', 0, { next: at + 30 * day }),
      told('paused', day, { state: 'paused' }),
      told('resumed', 2 * day, { next: at + 31 * day }),
      told('canceled', 3 * day, { state: 'canceled', quantity: 3, next: at + 31 * day }),
    ]
    const ordered = order.map((index) => life[index] as spring.FastSpringEvent)
    const again = ordered.map((one) => ({ ...one, id: spring.fastSpringId() }))
    return { id, account: buyer.id as string, told: [...ordered, ...again] }
  })
  const found = await ends(shop, lives, (events) => shop.tell(...events))
  const expected = {
    customer: { name: 'Jane Doe', email: 'jane@example.com', isActive: true },
    usable: [
      {
        edition: 'oo-lite',
        quantity: 3,
        state: 'active',
        isActive: true,
        validFrom: at,
        validUntil: null,
        description: 'Paid through 2026-01-31.',
        product: 'office-lite',
      },
    ],
  }
  expect(found).toEqual(lives.map(() => expected))
})

test('at equal times the later receipt counts', async () => {
  const shop = await openShop(house, 'stripe')
  await shop.map('price_lite', 'oo-lite')
  const [account, id] = [stripeId('cus'), stripeId('sub')]
  for (const quantity of [1, 7, 3])
    await shop.tell(
      event('customer.subscription.updated', subscription(id, account, { items: [{ quantity }] }), at),
    )
  expect((await endOf(shop, id, account)).usable).toMatchObject([{ quantity: 3 }])
})

test('what was parked and is replayed late does not undo what has happened since', async () => {
  const shop = await openShop(house, 'stripe')
  const [account, id] = [stripeId('cus'), stripeId('sub')]
  const of = (quantity: number) => subscription(id, account, { items: [{ quantity }] })
  await shop.tell(
    event('customer.subscription.created', of(1), at),
    event('customer.subscription.updated', of(2), at + 1),
  )
  await shop.map('price_lite', 'oo-lite')
  await shop.tell(event('customer.subscription.updated', of(3), at + 2))
  await shop.partner.call('replayInbox', { sourceId: shop.sourceId })
  await shop.left('parked', 0)
  expect((await endOf(shop, id, account)).usable).toMatchObject([{ quantity: 3 }])
})

test('a source that is deleted while its events wait: they are ignored, and say why', async () => {
  const shop = await openShop(house, 'stripe')
  await shop.tell(event('customer.subscription.created', subscription(stripeId('sub'), 'cus_left'), at))
  expect(await shop.inbox('parked')).toHaveLength(1)
  const [item] = await shop.inbox()
  await shop.partner.call('deleteSource', { sourceId: shop.sourceId })
  expect(await shop.partner.call('replayInbox', { inboxId: item?.inboxId as string })).toMatchObject({
    accepted: true,
  })
  await shop.left('parked', 0)
  expect(await shop.inbox()).toMatchObject([
    { state: 'ignored', reason: expect.stringMatching(/^source_deleted:/) },
  ])
})
