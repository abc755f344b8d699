/** Waiting at the end of a feed costs next to nothing: however many wait, one small query now and then serves them all. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Tail } from '../../src/outbox/tail.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import type { TestPartner } from '../house.ts'
import { type OutboxHouse, openOutbox, until } from './house.ts'

let house: OutboxHouse
let partners: TestPartner[]
let store: Store
beforeAll(async () => {
  house = await openOutbox()
  partners = await Promise.all(Array.from({ length: 5 }, () => house.partner()))
  store = openStore(house.url, { connections: 1 })
})
afterAll(async () => {
  await store.close()
  await house[Symbol.asyncDispose]()
})

test('ten thousand wait on a server of their own, and a commit of another wakes those of its partner', async () => {
  const tail = new Tail({ pool: store.pool })
  let asked = 0
  store.pool.on('acquire', () => {
    asked += 1
  })
  const before = process.memoryUsage().heapUsed
  const waiting = partners.map(({ number }) =>
    Array.from({ length: 2_000 }, () => tail.wait(number, 0, 60_000)),
  )
  expect(tail.waiting).toBe(10_000)
  expect((process.memoryUsage().heapUsed - before) / 10_000).toBeLessThan(4_096)
  await until(
    () => asked,
    (count) => count >= 3,
  )
  const [first] = partners as [TestPartner]
  const queries = asked
  const began = performance.now()
  await first.call('createCustomer', { id: 'C', name: 'C' })
  expect(await Promise.all(waiting[0] ?? [])).toEqual(Array.from({ length: 2_000 }, () => 1))
  expect(performance.now() - began).toBeLessThan(2_000)
  // A look every 0.4 s, for all partners at once.
  expect(asked - queries).toBeLessThanOrEqual((performance.now() - began) / 400 + 1)
  expect(tail.waiting).toBe(8_000)
  tail.close()
  expect(await Promise.all(waiting.slice(1).flat())).toEqual(Array.from({ length: 8_000 }, () => null))
})
