/**
 * Groups: calls that share a transaction are still decided one by one, in order. A refusal touches no neighbour, and
 * one call that the database itself refuses does not take the others with it.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Entry } from '../../src/ledger/entry.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

const order = (id: string, customer = 'C') => ({
  method: 'createFirstOrder',
  params: { customer, id, product: 'oo-lite', licenses: 1, duration: 'monthly' },
})

async function partnerWithCustomer(): Promise<TestPartner> {
  const partner = await house.partner()
  await partner.call('createCustomer', { id: 'C', name: 'C' })
  return partner
}

const reasons = (replies: { error?: { data: { reason: string } } }[]) =>
  replies.map(({ error }) => error?.data.reason ?? 'ok')

test('members of an array are decided in order and see what the ones before them did', async () => {
  const partner = await house.partner()
  const replies = await partner.batch([
    order('O1', 'NEW'),
    { method: 'createCustomer', params: { id: 'NEW', name: 'New' } },
    order('O1', 'NEW'),
    { method: 'suspendOrder', params: { id: 'O1' } },
    { method: 'getOrder', params: { id: 'O1' } },
    { method: 'cancelOrder', params: { id: 'O1' } },
    { method: 'resumeOrder', params: { id: 'O1' } },
  ])
  expect(reasons(replies)).toEqual(['customer_unknown', 'ok', 'ok', 'ok', 'ok', 'ok', 'order_cancelled'])
  expect(replies[4]?.result).toMatchObject({ status: 'suspended' })
})

test('the same id twice in one group: one is done, an equal one is a repeat, a different one is refused', async () => {
  const partner = await partnerWithCustomer()
  const different = { ...order('O1'), params: { ...order('O1').params, licenses: 2 } }
  const replies = await partner.batch([order('O1'), order('O1'), different])
  expect(reasons(replies)).toEqual(['ok', 'ok', 'order_exists'])
  expect(replies[1]?.result).toEqual(replies[0]?.result)
  expect(replies[2]?.error?.data.differs).toEqual(['licenses'])
  expect((await partner.events()).map(({ type }) => type)).toEqual(['customer.created', 'order.created'])
})

test('one bad member never harms another', async () => {
  const partner = await partnerWithCustomer()
  const calls = Array.from({ length: 50 }, (_, index) => order(`O${index}`, index % 3 === 0 ? 'NOBODY' : 'C'))
  const replies = await partner.batch(calls)
  expect(reasons(replies)).toEqual(calls.map((_, index) => (index % 3 === 0 ? 'customer_unknown' : 'ok')))
})

test('single calls that arrive together are grouped, and each is answered for itself', async () => {
  const partner = await partnerWithCustomer()
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, index) => partner.post(order(`S${index}`, index % 2 ? 'C' : 'NOBODY'))),
  )
  expect(answers.map(({ status }) => status)).toEqual(answers.map((_, index) => (index % 2 ? 200 : 404)))
  const ids = answers.flatMap(({ status, json }) =>
    status === 200 ? (json as { remoteId: string }).remoteId : [],
  )
  expect(ids).toEqual(Array.from({ length: 30 }, (_, index) => `S${index * 2 + 1}`))
})

test('positions are dense, also where calls were refused in between', async () => {
  const partner = await partnerWithCustomer()
  const calls = Array.from({ length: 40 }, (_, index) => order(`O${index}`, index % 2 ? 'C' : 'NOBODY'))
  await Promise.all([partner.batch(calls), partner.batch(calls.map((call) => ({ ...call })))])
  const events = await partner.events()
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1))
  expect(events.filter(({ type }) => type === 'order.created')).toHaveLength(20)
})

test('a call that the database refuses fails alone, and leaves nothing', async () => {
  const partner = await partnerWithCustomer()
  const { ledger } = (house.services[0] as House['services'][number]).tenure
  const entry = (id: string, poison: boolean): Entry => ({
    needs: [{ kind: 'customer', selector: { id: 'C' } }],
    realNow: house.clock.now(),
    actor: 'test',
    alone: false,
    request: `{"method":"test","params":{"id":"${id}"}}`,
    repeat: null,
    idempotency: null,
    check: () => [],
    decide(world) {
      const customer = world.customer({ id: 'C' })
      world.announce('customer.updated', { id, version: 1 }, {}, world.now)
      // The schema says that a customer is an organization or a person.
      if (poison && customer) world.customers.replace({ ...customer, kind: 'ghost' as 'person' })
      return { id }
    },
  })
  const entries = Array.from({ length: 9 }, (_, index) => entry(`E${index}`, index === 5))
  const outcomes = await ledger.commit(partner.number, entries)
  expect(outcomes.map(({ kind }) => kind)).toEqual(
    outcomes.map((_, index) => (index === 5 ? 'failed' : 'done')),
  )
  const events = (await partner.events()).slice(1)
  expect(events.map(({ object }) => object.id)).toEqual([0, 1, 2, 3, 4, 6, 7, 8].map((index) => `E${index}`))
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 2))
})

test('an exception in one decision fails that call alone and takes back what it staged', async () => {
  const partner = await partnerWithCustomer()
  const { ledger } = (house.services[0] as House['services'][number]).tenure
  const entry = (id: string, fails: boolean): Entry => ({
    needs: [],
    realNow: house.clock.now(),
    actor: 'test',
    alone: false,
    request: '',
    repeat: null,
    idempotency: null,
    check: () => [],
    decide(world) {
      world.announce('customer.updated', { id, version: 1 }, {}, world.now)
      if (fails) throw new TypeError('a defect in a rule')
      return { id }
    },
  })
  const outcomes = await ledger.commit(partner.number, [
    entry('A', false),
    entry('B', true),
    entry('C', false),
  ])
  expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'failed', 'done'])
  expect((await partner.events()).slice(1).map(({ seq, object }) => [seq, object.id])).toEqual([
    [2, 'A'],
    [3, 'C'],
  ])
})
