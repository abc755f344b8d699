/** What is kept: events for ever unless a retention says otherwise, what became of deliveries for thirty days. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { firstUuidOf, forget } from '../../src/outbox/forget.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import type { TestPartner } from '../house.ts'
import { makeEvents, type OutboxHouse, openOutbox, Receiver, until } from './house.ts'

const day = 86_400

let house: OutboxHouse
let partner: TestPartner
let store: Store
beforeAll(async () => {
  house = await openOutbox()
  // No server forgets by a time that the database's clock has not reached, so all this was long ago.
  house.clock.ahead = -30 * 365 * day
  await using receiver = await Receiver.open()
  partner = await house.partner()
  await makeEvents(partner, 3)
  await partner.call('createWebhookEndpoint', { url: receiver.url })
  await makeEvents(partner, 3, 'D')
  await until(
    async () => (await partner.call('listDeliveries', { state: 'delivered' })).items.length,
    (count) => count === 3,
  )
  // From here on nobody else touches the rows.
  await house.services[0]?.close()
  store = openStore(house.url)
})
afterAll(async () => {
  await store.close()
  await house[Symbol.asyncDispose]()
})

/** Forgets what is to be forgotten so many days from now; answers what is left. */
async function keptAfter(days: number, eventRetentionDays?: number): Promise<unknown> {
  const now = () => house.clock.now() + days * day
  await forget({ pool: store.pool, now, eventRetentionDays }, new AbortController().signal)
  const [kept] = await house.sql(
    `select (select array_agg(seq::int order by seq) from event where partner_id = $1) as seqs,
      (select count(*)::int from webhook_delivery where partner_id = $1) as deliveries`,
    [partner.number],
  )
  return kept
}

const all = [1, 2, 3, 4, 5, 6]

// Each row finds what the one before it has left.
test.each([
  ['nothing while it is new', 29, 30, 6, { seqs: all, deliveries: 3 }],
  ['deliveries after thirty days', 31, undefined, 6, { seqs: all, deliveries: 0 }],
  ['no event without a retention, after twenty years', 7_300, undefined, 6, { seqs: all, deliveries: 0 }],
  ['no event that its retention still covers', 89, 90, 6, { seqs: all, deliveries: 0 }],
  ['no event that an endpoint has not been given yet', 91, 90, 4, { seqs: [5, 6], deliveries: 0 }],
  ['every event past its retention', 91, 90, 6, { seqs: null, deliveries: 0 }],
] as const)('forgets %s', async (_what, days, retention, given, kept) => {
  await house.sql('update webhook_cursor set delivered_through = $1 where partner_id = $2', [
    given,
    partner.number,
  ])
  expect(await keptAfter(days, retention)).toEqual(kept)
})

test('a server whose clock runs ahead forgets nothing that the database’s clock still covers', async () => {
  const fresh = await house.sql<{ id: string }>(
    `insert into event (partner_id, seq, event_id, type, at, object_kind, object_id, object_version, data, actor)
      select $1, 7, $2::uuid, 'customer.created', now(), 'customer', 'C', 1, '{}', 'test' returning event_id as id`,
    [partner.number, firstUuidOf(Math.floor(Date.now() / 1000))],
  )
  expect(fresh).toHaveLength(1)
  await house.sql('update webhook_cursor set delivered_through = 7 where partner_id = $1', [partner.number])
  expect(await keptAfter(30 * 365 + 400, 90)).toEqual({ seqs: [7], deliveries: 0 })
})
