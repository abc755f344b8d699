/** `replayInbox` and `listInbox`: what waits for a person is seen, and applied once what was wrong is mended. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../../house.ts'
import { event, stripeId, subscription } from '../../inbox/fixtures/stripe.ts'
import { openShop, type TestShop } from '../../inbox/shop.ts'
import { until } from '../../outbox/house.ts'

let house: House
let shop: TestShop
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  shop = await openShop(house, 'stripe')
})
afterAll(() => house.close())

const replay = (params: { inboxId?: string; sourceId?: string }) => shop.partner.call('replayInbox', params)

const sale = (price: string) =>
  event(
    'customer.subscription.created',
    subscription(stripeId('sub'), 'cus_1', { items: [{ price }] }),
    house.clock.now(),
  )

/** The items of these events, as listInbox shows them, once they are in that state. */
async function inState(events: { id: string }[], state: string) {
  const own = async () => {
    const items = await shop.inbox()
    return events.map(({ id }) => items.find(({ eventId }) => eventId === id))
  }
  return until(own, (items) => items.every((item) => item?.state === state))
}

test('what was sold under a name that is not mapped waits, and is applied after mapping: one, then all', async () => {
  const sales = [sale('price_a'), sale('price_a'), sale('price_a')]
  await shop.tell(...sales)
  const [first] = await inState(sales, 'parked')
  expect(first?.reason).toBe('sku_unmapped: None of price_a, prod_office is mapped to an edition.')
  const told = (await shop.partner.events()).filter(({ type }) => type === 'inbox.parked')
  expect(told.map(({ data }) => data.eventId)).toEqual(sales.map(({ id }) => id))
  expect(told[0]).toMatchObject({
    object: { kind: 'inbox', id: first?.inboxId, version: 2 },
    data: { ...first },
  })
  await shop.map('price_a', 'oo-lite')
  expect(await replay({ inboxId: first?.inboxId as string })).toEqual({
    sourceId: shop.sourceId,
    accepted: true,
  })
  await inState(sales.slice(0, 1), 'applied')
  expect((await shop.partner.call('listLicenses', { customer: 'cus_1' })).items).toHaveLength(1)
  expect(await shop.inbox('parked')).toHaveLength(2)
  expect(await replay({ sourceId: shop.sourceId })).toEqual({ sourceId: shop.sourceId, accepted: true })
  await inState(sales, 'applied')
  expect((await shop.partner.call('listLicenses', { customer: 'cus_1' })).items).toHaveLength(3)
})

test('what is applied is not applied again', async () => {
  const [item] = await shop.inbox('applied')
  const before = (await shop.partner.events()).length
  expect(await replay({ inboxId: item?.inboxId as string })).toEqual({
    sourceId: shop.sourceId,
    accepted: false,
  })
  expect((await shop.partner.events()).length).toBe(before)
})

test('what is still not mapped is parked again, and told of once', async () => {
  const sold = sale('price_never')
  await shop.tell(sold)
  await replay({ sourceId: shop.sourceId })
  const jobs = () => house.sql<{ left: number }>(`select count(*)::int as left from inbox_replay`)
  await until(jobs, ([count]) => count?.left === 0)
  await shop.settled()
  const told = (await shop.partner.events()).filter(({ data }) => data.eventId === sold.id)
  expect(told).toHaveLength(1)
  await inState([sold], 'parked')
})

test('none is left, also where there are more than one statement makes jobs of', async () => {
  const own = await openShop(house, 'stripe')
  const first = event('customer.created', { id: 'cus_many' }, house.clock.now())
  await own.tell(first)
  // As many as no test could send in time: copies of one that says something, parked by hand.
  await house.sql(
    `insert into inbox_item (partner_id, inbox_id, source_id, event_id, type, receipt_id, state, reason, received_at, version)
      select partner_id, gen_random_uuid(), source_id, event_id || n, type, receipt_id, 'parked', 'by hand', received_at, 1
      from inbox_item, generate_series(1, 1001) as n where source_id = $1`,
    [own.sourceId],
  )
  await own.partner.call('replayInbox', { sourceId: own.sourceId })
  const parked = () =>
    house.sql<{ left: number }>(
      `select count(*)::int as left from inbox_item where source_id = $1 and state = 'parked'`,
      [own.sourceId],
    )
  await until(parked, ([count]) => count?.left === 0, 20_000)
  expect((await own.partner.events()).filter(({ type }) => type === 'customer.created')).toHaveLength(1)
})

test('lists the latest first, page by page, by state and source', async () => {
  const all = await shop.inbox()
  expect(all.map(({ state }) => state)).toEqual(['parked', 'applied', 'applied', 'applied'])
  const { items, next } = await shop.partner.call('listInbox', { limit: 3 })
  const rest = await shop.partner.call('listInbox', { limit: 3, cursor: next as string })
  expect([...items, ...rest.items]).toEqual(all)
  expect((await shop.partner.call('listInbox', { sourceId: randomUUID() })).items).toEqual([])
})

test('inbox_unknown and source_unknown', async () => {
  const id = randomUUID()
  expect((await shop.partner.refusal('replayInbox', { inboxId: id })).data).toMatchObject({
    reason: 'inbox_unknown',
    id,
  })
  expect((await shop.partner.refusal('replayInbox', { sourceId: id })).data).toMatchObject({
    reason: 'source_unknown',
    id,
  })
  for (const params of [{}, { inboxId: id, sourceId: id }])
    expect((await shop.partner.refusal('replayInbox', params)).data.reason).toBe('params_invalid')
})
