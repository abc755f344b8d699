/**
 * Faults: a server is killed in the middle of applying, two servers take over, and the shop sends everything again.
 * What was acknowledged is applied, and once; where the jobs are lost with the server, the same test finds it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { TestPartner } from '../house.ts'
import { type OutboxHouse, openOutbox, until } from '../outbox/house.ts'
import { customer, event, type StripeEvent, stripeId, subscription } from './fixtures/stripe.ts'
import { openShop, TestShop } from './shop.ts'

const child = new URL('../outbox/child.ts', import.meta.url).pathname

async function spawnService(databaseUrl: string): Promise<{ process: ChildProcess; url: string }> {
  const started = spawn(process.execPath, [child, databaseUrl], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [url] = (await once(started.stdout, 'data')) as [Buffer]
  return { process: started, url: String(url).trim() }
}

async function kill(started: ChildProcess): Promise<void> {
  if (started.exitCode !== null || started.signalCode !== null) return
  const gone = once(started, 'exit')
  started.kill('SIGKILL')
  await gone
}

const sales = 80

/** Each sale is a customer, a subscription, and a change of it. */
function story(at: number): StripeEvent[] {
  return Array.from({ length: sales }, () => {
    const [cus, sub] = [stripeId('cus'), stripeId('sub')]
    const of = (quantity: number) => subscription(sub, cus, { items: [{ quantity }] })
    return [
      event('customer.created', customer(cus), at),
      event('customer.subscription.created', of(1), at + 1),
      event('customer.subscription.updated', of(2), at + 2),
    ]
  }).flat()
}

/** Sends every event, several at a time, to the servers in turn; answers the ids of those that were acknowledged. */
async function sendAll(
  shop: TestShop,
  events: readonly StripeEvent[],
  urls: readonly string[],
): Promise<Set<string>> {
  const acknowledged = new Set<string>()
  const waiting = [...events.entries()]
  const one = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, told] = next
      // A shop that gets no answer sends again later, and so does this one.
      const answered = await shop.send(JSON.stringify(told), urls[index % urls.length]).catch(() => undefined)
      if (answered?.status === 200) acknowledged.add(told.id)
    }
  }
  await Promise.all(Array.from({ length: 10 }, one))
  return acknowledged
}

async function states(house: OutboxHouse): Promise<Record<string, number>> {
  const rows = await house.sql<{ state: string; count: number }>(
    'select state, count(*)::int as count from inbox_item group by state',
  )
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

/** Kills a server in the middle of its work. Answers the house as it was left, and what the shop knows. */
async function struck(house: OutboxHouse) {
  const { partner, sourceId, kind, secret } = await openShop(
    { partner: () => house.partner(), clock: house.clock },
    'stripe',
  )
  await partner.call('mapSku', { sourceId, sku: 'price_lite', edition: 'oo-lite' })
  await house.services[0]?.close()
  const events = story(house.clock.now())
  const service = await spawnService(house.url)
  const shop = new TestShop(
    new TestPartner(service.url, partner.key, partner.number),
    sourceId,
    kind,
    secret,
    () => house.clock.now(),
  )
  try {
    const sending = sendAll(shop, events, [service.url])
    await until(
      () => states(house),
      ({ applied = 0, received = 0 }) => applied > 20 && received > 0,
    )
    await kill(service.process)
    return { shop, events, acknowledged: await sending }
  } finally {
    await kill(service.process)
  }
}

test('killed in the middle, taken over by two servers, sent again: everything once', {
  timeout: 60_000,
}, async () => {
  await using house = await openOutbox()
  const { shop, events, acknowledged } = await struck(house)
  expect(acknowledged.size).toBeLessThan(events.length)
  const kept = await house.sql<{ id: string }>('select event_id as id from inbox_item')
  const lost = [...acknowledged].filter((id) => !kept.some((row) => row.id === id))
  expect(lost).toEqual([])

  const servers = [await spawnService(house.url), await spawnService(house.url)] as const
  try {
    const urls = servers.map(({ url }) => url)
    const again = await Promise.all([sendAll(shop, events, urls), sendAll(shop, events.toReversed(), urls)])
    expect(again.map(({ size }) => size)).toEqual([events.length, events.length])
    // A job that was being worked at is found abandoned after some seconds.
    const end = await until(
      () => states(house),
      ({ received = 0 }) => received === 0,
      40_000,
    )
    expect(Object.keys(end).filter((state) => state !== 'applied' && state !== 'ignored')).toEqual([])
    const partner = new TestPartner(servers[0].url, shop.partner.key, shop.partner.number)
    const { items } = await partner.call('listLicenses', { limit: 500 })
    expect(items.map(({ quantity }) => quantity)).toEqual(Array.from({ length: sales }, () => 2))
    expect(new Set(items.map(({ references }) => references.subscription)).size).toBe(sales)
    const feed = await partner.events()
    expect(feed.map(({ seq }) => seq)).toEqual(feed.map((_event, index) => index + 1))
    for (const type of ['customer.created', 'license.created'])
      expect(feed.filter((told) => told.type === type)).toHaveLength(sales)
  } finally {
    await Promise.all(servers.map(({ process }) => kill(process)))
  }
})

test('control: what was acknowledged is not applied where its jobs went with the server', {
  timeout: 60_000,
}, async () => {
  await using house = await openOutbox()
  await struck(house)
  await house.sql(`delete from pgboss.job where name = 'inbox'`)
  const service = await spawnService(house.url)
  try {
    const one = new TestPartner(service.url, house.operator.key, 0)
    await one.call('listInbox', {})
    const jobs = () =>
      house.sql<{ left: number }>(`select count(*)::int as left from pgboss.job where name = 'inbox'`)
    await until(jobs, ([count]) => count?.left === 0)
    expect((await states(house)).received).toBeGreaterThan(0)
  } finally {
    await kill(service.process)
  }
})
