/** Much at once: what waits is bounded, jobs are of a size, and partners with much to catch up let others go first. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Fault } from '../../src/faults.ts'
import { InboxStore, jobsOf, type StoredItem, type Trusted } from '../../src/inbox/store.ts'
import { limits } from '../../src/limits.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import { type House, openHouse } from '../house.ts'
import { until } from '../outbox/house.ts'
import { customer, event, stripeId } from './fixtures/stripe.ts'
import { openShop, type TestShop } from './shop.ts'

let house: House
let store: Store
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  store = openStore(house.databaseUrl)
})
afterAll(async () => {
  await store.close()
  await house.close()
})

test('so many bytes wait to be stored; a request beyond them is turned away for the moment', async () => {
  const opening = Promise.withResolvers<never>()
  const kept = new InboxStore({
    pool: store.pool,
    uuid: () => '',
    jobs: () => opening.promise,
    onStored() {},
  })
  const body = Buffer.alloc(limits.hookBytes)
  const request: Trusted = {
    partnerId: 0,
    sourceId: '',
    headers: {},
    body,
    envelopes: [{ eventId: 'e', type: 'x', position: null }],
    receivedAt: 0,
  }
  const refusals: unknown[] = []
  const all = Array.from({ length: 200 }, () =>
    kept.keep(request).catch((error) => void refusals.push(error)),
  )
  await Promise.race([Promise.all(all), new Promise((resolve) => setImmediate(resolve))])
  expect(refusals.length).toBeGreaterThan(100)
  expect(refusals.every((error) => error instanceof Fault && error.reason === 'unavailable')).toBe(true)
  const taken = all.length - refusals.length
  expect(taken).toBeGreaterThan(60)
  opening.reject(new Error('The queue could not be opened.'))
  await Promise.all(all)
  await kept.drained()
  // What was waiting waits no longer, so there is room again.
  const later = kept.keep(request).catch((error: Fault) => error.data)
  expect(await later).toMatchObject({ outcome: 'unknown' })
})

describe('a job has so many items, and so many bytes of bodies', () => {
  const items = (count: number, bytes: number, perBody = 1): StoredItem[] =>
    Array.from({ length: count }, (_, n) => ({
      partnerId: 1,
      inboxId: String(n),
      receiptId: String(Math.floor(n / perBody)),
      bytes,
    }))
  test.each([
    ['small ones', items(45, 2_000), [20, 20, 5]],
    ['large ones', items(3, limits.hookBytes), [1, 1, 1]],
    ['middling ones', items(7, limits.bytesPerJob / 3), [3, 3, 1]],
    ['many in one large body', items(25, limits.hookBytes, 25), [20, 5]],
    ['none', [], []],
  ])('%s', (_what, given, sizes) => {
    const jobs = jobsOf(given, false)
    expect(jobs.map(({ inboxIds }) => inboxIds.length)).toEqual(sizes)
    expect(jobs.flatMap(({ inboxIds }) => inboxIds)).toEqual(given.map(({ inboxId }) => inboxId))
  })
})

test('two partners with much to catch up do not keep a third waiting', async () => {
  const crowd = [await openShop(house, 'stripe'), await openShop(house, 'stripe')]
  const third = await openShop(house, 'stripe')
  const send = async (shop: TestShop, count: number) => {
    const events = Array.from({ length: count }, () =>
      event('customer.created', customer(stripeId('cus')), house.clock.now()),
    )
    const answers = await Promise.all(events.map((told) => shop.send(JSON.stringify(told))))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  }
  const numbers = crowd.map(({ partner }) => partner.number)
  const waiting = async () => {
    const rows = await house.sql<{ partner: number; count: number }>(
      `select partner_id as partner, count(*)::int as count from inbox_item where state = 'received' group by 1`,
    )
    return new Map(rows.map(({ partner, count }) => [partner, count]))
  }
  const client = await store.pool.connect()
  try {
    // While their rows are locked, what the two are sent piles up.
    await client.query('begin')
    await client.query('select from partner where partner_id = any ($1) for update', [numbers])
    for (let round = 0; round < 12; round++) for (const shop of crowd) await send(shop, 50)
    await send(third, 1)
  } finally {
    await client.query('rollback')
    client.release()
  }
  await until(waiting, (found) => found.size === 0)
  // An event's id begins with the moment at which it was made.
  const rows = await house.sql<{ partner: number; last: string }>(
    'select partner_id as partner, max(event_id::text) as last from event group by 1',
  )
  const lastOf = new Map(rows.map(({ partner, last }) => [partner, last]))
  for (const number of numbers)
    expect(String(lastOf.get(third.partner.number)) < String(lastOf.get(number))).toBe(true)
})
