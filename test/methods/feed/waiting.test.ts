/** Waiting at the end of a feed: woken by what happens here and elsewhere, and costing nothing meanwhile. */
import { describe, expect, test } from 'vitest'
import type { Service } from '../../../src/service.ts'
import { TestPartner } from '../../house.ts'
import { openOutbox, until } from '../../outbox/house.ts'

const elapsed = async <Result>(act: Promise<Result>): Promise<{ result: Result; milliseconds: number }> => {
  const began = performance.now()
  const result = await act
  return { result, milliseconds: performance.now() - began }
}

describe.concurrent('listEvents with waitSeconds', () => {
  test('answers what is there at once, and nothing after the time is over', async () => {
    await using house = await openOutbox()
    const partner = await house.partner()
    await partner.call('createCustomer', { id: 'C', name: 'C' })
    const there = await elapsed(partner.call('listEvents', { waitSeconds: 20 }))
    expect(there.result.events).toHaveLength(1)
    expect(there.milliseconds).toBeLessThan(1_000)
    const none = await elapsed(partner.call('listEvents', { after: 1, waitSeconds: 1 }))
    expect(none.result).toEqual({ events: [], next: 1 })
    expect(none.milliseconds).toBeGreaterThan(950)
    const unasked = await elapsed(partner.call('listEvents', { after: 1 }))
    expect(unasked.milliseconds).toBeLessThan(500)
  })

  test.each([0, 1])('wakes within a second of a commit of server %d', async (server) => {
    await using house = await openOutbox({ servers: 2 })
    const waiter = await house.partner({}, 0)
    const writer = new TestPartner(house.services[server]?.url as string, waiter.key, waiter.number)
    const waits: number[] = []
    for (let round = 0; round < 5; round++) {
      const waiting = waiter.call('listEvents', { after: round, waitSeconds: 20 })
      await until(
        () => house.services[0]?.tenure.tail.waiting,
        (count) => count === 1,
      )
      await writer.call('createCustomer', { id: `C${round}`, name: 'C' })
      const { result, milliseconds } = await elapsed(waiting)
      expect(result.events.map(({ seq }) => seq)).toEqual([round + 1])
      waits.push(milliseconds)
    }
    const median = waits.sort((one, other) => one - other)[2] as number
    expect(median).toBeLessThan(server === 0 ? 250 : 1_000)
  })

  test('waits past events of other types, and passes over long stretches of them', async () => {
    await using house = await openOutbox()
    const partner = await house.partner()
    await house.sql(
      `insert into event select $1, n, gen_random_uuid(), 'customer.updated', now(), 'customer', 'C', 1, '{}', 'test'
        from generate_series(1, 25000) n`,
      [partner.number],
    )
    await house.sql('update partner set last_seq = 25000 where partner_id = $1', [partner.number])
    const waiting = partner.call('listEvents', { after: 0, types: ['customer.created'], waitSeconds: 20 })
    await until(
      () => house.services[0]?.tenure.tail.waiting,
      (count) => count === 1,
    )
    await partner.call('createCustomer', { id: 'C', name: 'C' })
    const { events, next } = await waiting
    expect(events.map(({ seq }) => seq)).toEqual([25_001])
    expect(next).toBe(25_001)
  })

  test('does not wait in an array', async () => {
    await using house = await openOutbox()
    const partner = await house.partner()
    const { result, milliseconds } = await elapsed(
      partner.batch([{ method: 'listEvents', params: { after: 0, waitSeconds: 25 } }]),
    )
    expect(result).toMatchObject([{ result: { events: [], next: 0 } }])
    expect(milliseconds).toBeLessThan(1_000)
  })

  test('a thousand wait without keeping anybody else from the database, and all are woken', async () => {
    await using house = await openOutbox({ config: { databaseConnections: 2 } })
    const partner = await house.partner()
    const waiting = Array.from({ length: 1_000 }, () => partner.call('listEvents', { waitSeconds: 25 }))
    const { tail, store } = (house.services[0] as Service).tenure
    await until(
      () => tail.waiting,
      (count) => count === 1_000,
      15_000,
    )
    // Now and then the tail looks for what other servers have committed; between that nobody holds a connection.
    await until(
      () => store.pool.totalCount - store.pool.idleCount,
      (held) => held === 0,
    )
    const other = await elapsed(partner.call('getClock', {}))
    expect(other.milliseconds).toBeLessThan(1_000)
    const { milliseconds } = await elapsed(
      Promise.all([partner.call('createCustomer', { id: 'C', name: 'C' }), ...waiting]),
    )
    for (const { events } of await Promise.all(waiting)) expect(events).toHaveLength(1)
    expect(milliseconds).toBeLessThan(10_000)
  })

  test('is let go when the service stops', async () => {
    await using house = await openOutbox()
    const partner = await house.partner()
    const waiting = partner.call('listEvents', { waitSeconds: 25 })
    await until(
      () => house.services[0]?.tenure.tail.waiting,
      (count) => count === 1,
    )
    const closed = await elapsed(house.services[0]?.close() as Promise<void>)
    expect(await waiting).toEqual({ events: [], next: 0 })
    expect(closed.milliseconds).toBeLessThan(2_000)
  })

  test('refuses params that are out of range', async () => {
    await using house = await openOutbox()
    const partner = await house.partner()
    for (const waitSeconds of [-1, 26, 1.5, '5'])
      expect((await partner.refusal('listEvents', { waitSeconds })).data.issues).toMatchObject([
        { path: 'waitSeconds' },
      ])
  })
})

describe('retention', () => {
  test('events past it are forgotten from the beginning, and a position before that is told so', async () => {
    await using house = await openOutbox()
    const partner = await house.partner()
    // In the past, because nothing is forgotten before the database's clock says so.
    house.clock.ahead = -8 * 86_400
    for (const id of ['A', 'B', 'C']) await partner.call('createCustomer', { id, name: id })
    await house.services[0]?.close()
    house.clock.ahead = 0
    await house.open({ config: { eventRetentionDays: 7 } })
    const moved = new TestPartner(house.services.at(-1)?.url as string, partner.key, partner.number)
    await until(
      () => house.sql('select seq from event where partner_id = $1', [partner.number]),
      (rows) => rows.length === 0,
    )
    expect(await moved.refusal('listEvents', { after: 1 })).toMatchObject({
      code: 1402,
      data: { reason: 'events_gone', after: 3, firstKept: 4, retryable: false },
    })
    expect(await moved.call('listEvents', {})).toEqual({ events: [], next: 3 })
    expect(await moved.call('listEvents', { after: 3 })).toEqual({ events: [], next: 3 })
    await moved.call('createCustomer', { id: 'D', name: 'D' })
    expect((await moved.call('listEvents', { after: 3 })).events).toMatchObject([{ seq: 4 }])
    expect((await moved.call('listEvents', {})).events).toMatchObject([{ seq: 4 }])
    expect((await moved.refusal('listEvents', { after: 2 })).data.reason).toBe('events_gone')
    expect((await moved.refusal('listEvents', { after: 0, types: ['order.created'] })).data.reason).toBe(
      'events_gone',
    )
  })
})
