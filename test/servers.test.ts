/**
 * Several servers on one database are one service: whatever is sent to whichever of them, at whatever moment, comes out
 * as if it had been sent to one, one after the other.
 */
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, type HttpAnswer, openHouse, TestPartner } from './house.ts'
import { until } from './outbox/house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ servers: 3 })
})
afterAll(() => house.close())

/** The same caller, at every server. */
function everywhere(partner: TestPartner): TestPartner[] {
  return house.services.map(({ url }) => new TestPartner(url, partner.key, partner.number))
}

const orderCall = (id: string, licenses = 1) => ({
  method: 'createFirstOrder',
  params: { customer: 'C', id, product: 'oo-lite', licenses, duration: 'monthly' },
})

async function partnerAtAll(options = {}): Promise<[TestPartner, TestPartner, TestPartner]> {
  const callers = everywhere(await house.partner(options)) as [TestPartner, TestPartner, TestPartner]
  await callers[0].call('createCustomer', { id: 'C', name: 'C' })
  return callers
}

const reasonOf = ({ json }: HttpAnswer): string | undefined =>
  (json as { error?: { data: { reason: string } } }).error?.data.reason

async function expectDenseAndSame(callers: readonly TestPartner[]) {
  const feeds = await Promise.all(callers.map((caller) => caller.events()))
  const [first = []] = feeds
  expect(first.map(({ seq }) => seq)).toEqual(first.map((_, index) => index + 1))
  for (const feed of feeds) expect(feed).toEqual(first)
  return first
}

test('the same create at two servers at the same moment is done once and answered alike', async () => {
  const [one, other] = await partnerAtAll()
  for (let round = 0; round < 60; round++) {
    const answers = await Promise.all([one.post(orderCall(`S${round}`)), other.post(orderCall(`S${round}`))])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(answers[1].json).toEqual(answers[0].json)
    expect(answers.map(({ headers }) => headers.get('x-replayed')).sort()).toEqual(['1', null].sort())
  }
  const created = (await expectDenseAndSame([one, other])).filter(({ type }) => type === 'order.created')
  expect(created.map(({ object }) => object.id)).toEqual(
    Array.from({ length: 60 }, (_, round) => `S${round}`),
  )
})

test('of different requests for one id exactly one wins, and the others are told what differs', async () => {
  const callers = await partnerAtAll()
  for (let round = 0; round < 40; round++) {
    const answers = await Promise.all(
      callers.map((caller, index) => caller.post(orderCall(`D${round}`, index + 1))),
    )
    expect(answers.map(reasonOf).sort()).toEqual(['order_exists', 'order_exists', undefined].sort())
    const lost = answers.find(({ status }) => status === 409)
    expect(lost?.json).toMatchObject({ error: { data: { id: `D${round}`, differs: ['licenses'] } } })
    const winner = answers.findIndex(({ status }) => status === 200)
    expect(await callers[0].call('getOrder', { id: `D${round}` })).toMatchObject({ licenses: winner + 1 })
  }
  await expectDenseAndSame(callers)
})

test('verbs on one chain from all servers alternate as if they had come one after the other', async () => {
  const callers = await partnerAtAll()
  await callers[0].call('createFirstOrder', orderCall('V').params as never)
  const done = { 'order.suspended': 0, 'order.resumed': 0 }
  const worker = async (caller: TestPartner, turn: number) => {
    for (let step = 0; step < 40; step++) {
      const suspends = (step + turn) % 2 === 0
      const { changed } = await caller.call(suspends ? 'suspendOrder' : 'resumeOrder', { id: 'V' })
      if (changed) done[suspends ? 'order.suspended' : 'order.resumed']++
    }
  }
  await Promise.all(callers.map((caller, index) => worker(caller, index)))
  const verbs = (await expectDenseAndSame(callers)).filter(({ object }) => object.id === 'V').slice(1)
  expect(verbs.map(({ type }) => type)).toEqual(
    verbs.map((_, index) => (index % 2 === 0 ? 'order.suspended' : 'order.resumed')),
  )
  for (const [type, changes] of Object.entries(done))
    expect(verbs.filter((event) => event.type === type)).toHaveLength(changes)
  expect(verbs.map(({ object }) => object.version)).toEqual(verbs.map((_, index) => index + 2))
  expect(done['order.resumed']).toBeGreaterThan(0)
})

test('of renewals of one term sent to all servers at once exactly one is taken', async () => {
  const callers = await partnerAtAll({ sandbox: true })
  await callers[0].call('createFirstOrder', orderCall('R').params as never)
  for (let round = 0; round < 10; round++) {
    const { renewableFrom } = await callers[0].call('getOrder', { id: 'R' })
    await callers[round % 3]?.call('setClock', { at: renewableFrom })
    const answers = await Promise.all(
      callers.map((caller, index) =>
        caller.post({ method: 'createRenewalOrder', params: { parent: 'R', id: `R${round}.${index}` } }),
      ),
    )
    const early = 'renewal_too_early'
    expect(answers.map(reasonOf).sort()).toEqual([early, early, undefined].sort())
    expect(answers.find(({ status }) => status === 200)?.json).toMatchObject({
      termStart: renewableFrom + 15 * 86_400,
    })
  }
  const types = (await expectDenseAndSame(callers)).map(({ type }) => type)
  expect(types.filter((type) => type === 'order.renewed')).toHaveLength(10)
  expect(types.filter((type) => type === 'order.renewal_due')).toHaveLength(10)
})

test('partners created at several servers at once get numbers and keys of their own', async () => {
  const operators = everywhere(house.operator)
  const made = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      (operators[index % 3] as TestPartner).call('createPartner', { name: `P${index}` }),
    ),
  )
  expect(new Set(made.map(({ partner }) => partner)).size).toBe(30)
  const owners = await Promise.all(
    made.map(async ({ apiKey, partner }, index) => {
      const url = (operators[(index + 1) % 3] as TestPartner).url
      const { partner: owner } = await new TestPartner(url, apiKey, partner as number).call(
        'createCustomer',
        {
          id: 'C',
          name: 'C',
        },
      )
      return owner
    }),
  )
  expect(owners).toEqual(made.map(({ partner }) => partner))
})

test('a key made on one server works on the others at once, and a revoked one stops everywhere within 5 seconds', async () => {
  const [one, other] = await partnerAtAll()
  const { key, keyId } = await one.call('createApiKey', { name: 'spare', scopes: ['read'] })
  const spare = everywhere(new TestPartner(one.url, key, one.number))
  for (const caller of spare) expect((await caller.call('getClock', {})).sandbox).toBe(false)
  await other.call('revokeApiKey', { keyId: keyId as string })
  const revokedAt = performance.now()
  expect(reasonOf(await (spare[1] as TestPartner).post({ method: 'getClock' }))).toBe('unauthenticated')
  await expect
    .poll(async () => (await (spare[0] as TestPartner).post({ method: 'getClock' })).status, {
      timeout: 10_000,
      interval: 50,
    })
    .toBe(401)
  expect(performance.now() - revokedAt).toBeLessThan(5_000)
})

test('a sandbox clock moved at one server is the time at all of them', async () => {
  const callers = await partnerAtAll({ sandbox: true })
  await callers[0].call('createFirstOrder', orderCall('T').params as never)
  for (let turn = 0; turn < 12; turn++) {
    const { now } = await (callers[turn % 3] as TestPartner).call('advanceClock', { days: 9 })
    const told = await Promise.all(callers.map((caller) => caller.call('getClock', {})))
    expect(told).toEqual(callers.map(() => ({ now, sandbox: true })))
  }
  const moved = await Promise.all(callers.map((caller) => caller.call('advanceClock', { days: 1 })))
  const times = moved.map(({ now }) => now).sort((a, b) => a - b)
  expect(times.map((time) => time - (times[0] as number))).toEqual([0, 86_400, 2 * 86_400])
  const types = (await expectDenseAndSame(callers)).map(({ type }) => type)
  expect(types).toEqual(['customer.created', 'order.created', 'order.renewal_due', 'order.expired'])
})

test('a partner whose row is held makes nobody else wait', async () => {
  const held = await partnerAtAll()
  const free = await partnerAtAll()
  const holder = new pg.Client({ connectionString: house.databaseUrl })
  await holder.connect()
  try {
    await holder.query('begin')
    await holder.query('select from partner where partner_id = $1 for no key update', [held[0].number])
    let answered = 0
    const waiting = held.map((caller, index) =>
      caller.post(orderCall(`H${index}`)).finally(() => {
        answered += 1
      }),
    )
    await expect.poll(() => waitingForLocks(held.length)).toBe(held.length)
    for (const [index, caller] of free.entries())
      expect((await caller.post(orderCall(`F${index}`))).status).toBe(200)
    expect(answered).toBe(0)
    await holder.query('rollback')
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200])
  } finally {
    await holder.end()
  }
  await expectDenseAndSame(held)
})

/** How many connections of the services wait for a lock; all servers have their call under way when it is all three. */
async function waitingForLocks(most: number): Promise<number> {
  const [row] = await house.sql<{ waiting: number }>(
    `select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
  )
  return Math.min(most, row?.waiting ?? 0)
}

test('what one server changes in the catalogue holds at the others with their very next call', async () => {
  const [, there] = await partnerAtAll()
  const { operator } = house
  const license = (id: string) => there.call('createLicense', { customer: 'C', edition: 'kept-1', id })
  const orderedAt = async (id: string) => {
    const order = { customer: 'C', id, product: 'kept-1', licenses: 1, duration: 'monthly' as const }
    const { termEnd, renewableFrom } = await there.call('createFirstOrder', order)
    return termEnd - renewableFrom
  }
  const unknown = await there.post({ method: 'createLicense', params: { customer: 'C', edition: 'kept-1' } })
  expect(reasonOf(unknown)).toBe('edition_unknown')
  await operator.call('createProduct', { code: 'kept', name: 'Kept' })
  await operator.call('createEdition', { code: 'kept-1', product: 'kept', name: 'One', features: ['draw'] })
  expect(await license('K1')).toMatchObject({ features: ['draw'], editionVersion: 1 })
  expect(await orderedAt('K1')).toBe(15 * 86_400)
  await operator.call('updateEdition', { code: 'kept-1', features: ['draw', 'print'], windowDays: 3 })
  expect(await license('K2')).toMatchObject({ features: ['draw', 'print'], editionVersion: 2 })
  expect(await orderedAt('K2')).toBe(3 * 86_400)
  // What was issued before keeps what it contained, found by its version.
  expect(await there.call('getLicense', { id: 'K1', product: 'kept' })).toMatchObject({ features: ['draw'] })
})

test('an edition that is changed at all servers while they wait for each other is changed by each in turn', async () => {
  const operators = everywhere(house.operator)
  const [first] = operators as [TestPartner]
  await first.call('createEdition', { code: 'contested', product: 'oo', name: 'Contested' })
  // Each has the catalogue as it is now in memory.
  for (const one of operators) await one.call('updateEdition', { code: 'contested', name: 'Contested' })
  const waiting = async (): Promise<number> => {
    const [row] = await house.sql<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return row?.count ?? 0
  }
  const client = new pg.Client({ connectionString: house.databaseUrl })
  await client.connect()
  try {
    // Whoever waits for the lock has begun to read before the one in front of it was done.
    await client.query('begin; select from partner where partner_id = 0 for update')
    const changes = operators.map((one, index) =>
      one.post({ method: 'updateEdition', params: { code: 'contested', features: [`feature ${index}`] } }),
    )
    await until(waiting, (count) => count >= operators.length)
    await client.query('rollback')
    const answers = await Promise.all(changes)
    expect(answers.map(reasonOf)).toEqual(operators.map(() => undefined))
    const versions = answers.map(({ json }) => (json as { version: number }).version)
    expect(versions.sort()).toEqual([2, 3, 4])
  } finally {
    await client.end()
  }
})
