/**
 * Neighbours: what one partner does, or what happens to it, is not in the way of another. Whether it holds is asked
 * here of the structure: who waits for whom. `npm run neighbours` measures how long.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { limits } from '../../src/limits.ts'
import { type House, openHouse, TestPartner } from '../house.ts'

let house: House
/** Whoever is greedy or stuck, and the neighbour who must not notice. */
let greedy: TestPartner
let neighbour: TestPartner
beforeAll(async () => {
  house = await openHouse({ config: { databaseConnections: 4 } })
  greedy = await house.partner()
  neighbour = await house.partner()
  for (const partner of [greedy, neighbour]) await partner.call('createCustomer', { id: 'c', name: 'C' })
})
afterAll(() => house.close())

/** Holds a partner's row, as a server that hangs in the middle of a transaction would, for as long as `act` lasts. */
async function whileLocked(partner: TestPartner, act: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: house.databaseUrl })
  await client.connect()
  try {
    await client.query('begin')
    await client.query('select from partner where partner_id = $1 for update', [partner.number])
    await act()
  } finally {
    await client.query('rollback')
    await client.end()
  }
}

/** How many of the service's connections wait for a lock. */
async function stuck(): Promise<number> {
  const [row] = await house.sql<{ stuck: string }>(
    `select count(*) as stuck from pg_stat_activity
      where datname = current_database() and application_name = 'tenure service' and wait_event_type = 'Lock'`,
  )
  return Number(row?.stuck)
}

/** One call of every kind, each answered. */
async function everyKind(partner: TestPartner, name: string): Promise<void> {
  await partner.call('updateCustomer', { id: 'c', name })
  expect(await partner.call('getCustomer', { id: 'c' })).toMatchObject({ name })
  expect((await partner.call('listCustomers', {})).items).toHaveLength(1)
  const { next } = await partner.call('listEvents', {})
  const waiting = partner.call('listEvents', { after: next, waitSeconds: 20 })
  await partner.call('updateCustomer', { id: 'c', name: `${name}, again` })
  expect((await waiting).events).toHaveLength(1)
  const replies = await partner.batch([
    { method: 'updateCustomer', params: { id: 'c', name } },
    { method: 'listCustomers' },
  ])
  expect(replies.map(({ error }) => error)).toEqual([undefined, undefined])
  const fresh = await house.withScopes(partner, ['read'])
  expect(await fresh.call('getClock', {})).toHaveProperty('now')
}

const changes = (count: number): string =>
  JSON.stringify(
    Array.from({ length: count }, (_, id) => ({
      jsonrpc: '2.0',
      id,
      method: 'resumeOrder',
      params: { id: 'none' },
    })),
  )
const reads = (count: number, method: string, params: object): string =>
  JSON.stringify(Array.from({ length: count }, (_, id) => ({ jsonrpc: '2.0', id, method, params })))

describe('a partner whose row is locked', () => {
  test('holds one connection, whatever it sends, and its neighbour is served', async () => {
    const pending: Promise<unknown>[] = []
    let answered = 0
    await whileLocked(greedy, async () => {
      for (let call = 0; call < 100; call++)
        pending.push(greedy.call('updateCustomer', { id: 'c', name: `${call}` }).then(() => (answered += 1)))
      await vi.waitUntil(async () => (await stuck()) > 0, { timeout: 5_000, interval: 10 })
      await everyKind(neighbour, 'beside a lock')
      expect(await stuck()).toBe(1)
      expect(answered).toBe(0)
    })
    await Promise.all(pending)
    expect(answered).toBe(100)
  })

  test('can still read, though not write', async () => {
    await whileLocked(greedy, async () => {
      const write = greedy.call('updateCustomer', { id: 'c', name: 'late' })
      await vi.waitUntil(async () => (await stuck()) > 0, { timeout: 5_000, interval: 10 })
      expect(await greedy.call('getCustomer', { id: 'c' })).not.toMatchObject({ name: 'late' })
      expect((await greedy.call('listCustomers', {})).items).toHaveLength(1)
      void write
    })
    await vi.waitUntil(async () => (await greedy.call('getCustomer', { id: 'c' })).name === 'late')
  })
})

describe('a partner whose queue is full', () => {
  const { waitingCalls } = limits
  // The limit of the house takes a while to fill; what happens at it does not depend on its height.
  const setLimit = (most: number): void => void Object.assign(limits, { waitingCalls: most })
  afterAll(() => setLimit(waitingCalls))

  test('is refused as unavailable, at once, and its neighbour is served', async () => {
    setLimit(1_500)
    const accepted: Promise<{ status: number }>[] = []
    await whileLocked(greedy, async () => {
      accepted.push(greedy.post(changes(500)))
      await vi.waitUntil(async () => (await stuck()) > 0, { timeout: 5_000, interval: 10 })
      accepted.push(greedy.post(changes(1_000)), greedy.post(changes(500)))
      await vi.waitUntil(async () => (await greedy.post(changes(1))).status === 503, { interval: 10 })
      const { status, headers, json } = await greedy.post(changes(1))
      expect({ status, after: headers.get('retry-after') }).toEqual({ status: 503, after: '1' })
      expect(json).toMatchObject({ error: { data: { reason: 'unavailable', outcome: 'not_done' } } })
      await everyKind(neighbour, 'beside a full queue')
      expect(await greedy.call('getCustomer', { id: 'c' }), 'reads have no queue').toHaveProperty('version')
    })
    // Those that were queued are carried out; the queue takes calls again.
    expect((await Promise.all(accepted)).map(({ status }) => status)).toEqual([200, 200, 200])
    expect((await greedy.post(changes(1))).status).toBe(200)
  })
})

describe('a partner who reads without end', () => {
  test('with arrays full of lists and lookups: the neighbour comes in between', async () => {
    const flood = Array.from({ length: 4 }, (_, index) =>
      greedy.post(index % 2 ? reads(200, 'listEvents', {}) : reads(200, 'getCustomer', { id: 'c' })),
    )
    let over = false
    const flooded = Promise.all(flood).then((answers) => {
      over = true
      return answers
    })
    await neighbour.call('listCustomers', {})
    expect(over, 'the neighbour was answered while the flood was under way').toBe(false)
    for (const { status } of await flooded) expect(status).toBe(200)
  })

  test('with hundreds of calls that wait for events: none of them holds a place', async () => {
    const { next } = await greedy.call('listEvents', { limit: 500 })
    const { tail } = (house.services[0] as House['services'][number]).tenure
    const waiting = Array.from({ length: 100 }, () =>
      greedy.call('listEvents', { after: next, waitSeconds: 25 }),
    )
    await vi.waitUntil(() => tail.waiting >= 100, { timeout: 10_000, interval: 10 })
    await everyKind(neighbour, 'beside those who wait')
    await greedy.call('updateCustomer', { id: 'c', name: 'news' })
    for (const { events } of await Promise.all(waiting)) expect(events).toHaveLength(1)
  })
})

test('a flood of calls with one key asks the database for the key once', async () => {
  const { key } = await greedy.call('createApiKey', { name: 'new', scopes: ['read'] })
  const { store } = (house.services[0] as House['services'][number]).tenure
  const query = vi.spyOn(store.pool, 'query')
  const asked = (): number => query.mock.calls.filter(([sent]) => /\bapi_key\b/.test(textOf(sent))).length
  const caller = new TestPartner(greedy.url, key, greedy.number)
  const answers = await Promise.all(Array.from({ length: 200 }, () => caller.post('{"method":"getClock"}')))
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
  // Once for each two seconds, which is how long a key is believed; on a slow machine the flood may last longer.
  expect(asked()).toBeGreaterThan(0)
  expect(asked()).toBeLessThan(10)
  query.mockRestore()
})

function textOf(sent: unknown): string {
  return typeof sent === 'string' ? sent : String((sent as { text?: string } | undefined)?.text)
}
