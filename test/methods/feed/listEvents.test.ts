/** `listEvents`: the feed, dense from 1, read from any position, with or without a filter. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventTypes } from '../../../src/events.ts'
import { type House, openHouse, type Params, seconds, type TestPartner } from '../../house.ts'
import { buy, expectPrecedence, partnerWithCustomer } from '../orders/stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse({ now })
  partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1')
  await partner.refusal('createFirstOrder', {
    customer: 'C',
    id: 'O1',
    product: 'oo-std',
    licenses: 1,
    duration: 'monthly',
  })
  await partner.call('suspendOrder', { id: 'O1' })
  await partner.call('suspendOrder', { id: 'O1' })
  await partner.call('resumeOrder', { id: 'O1' })
  await buy(partner, 'O2')
  await partner.call('updateCustomer', { id: 'C', name: 'New' })
  await partner.call('cancelOrder', { id: 'O2' })
})
afterAll(() => house.close())

const types = [
  'customer.created',
  'order.created',
  'order.suspended',
  'order.resumed',
  'order.created',
  'customer.updated',
  'order.cancelled',
]

test('dense from 1 in the order in which it happened; what was refused or changed nothing leaves no gap', async () => {
  const { events, next } = await partner.call('listEvents', {})
  expect(events.map(({ seq, type }) => [seq, type])).toEqual(types.map((type, index) => [index + 1, type]))
  expect(next).toBe(7)
  const ids = events.map(({ id }) => id)
  expect(new Set(ids).size).toBe(7)
})

describe('a page, and where to go on', () => {
  const table: [params: Params<'listEvents'>, seqs: number[], next: number][] = [
    [{ after: 0, limit: 3 }, [1, 2, 3], 3],
    [{ after: 3, limit: 3 }, [4, 5, 6], 6],
    [{ after: 6, limit: 3 }, [7], 7],
    [{ after: 7 }, [], 7],
    [{ after: 1_000 }, [], 1_000],
    [{ limit: 7 }, [1, 2, 3, 4, 5, 6, 7], 7],
    // A filter passes over what it does not want, and `next` goes on behind all that was looked at.
    [{ types: ['order.created'] }, [2, 5], 7],
    [{ types: ['order.created'], limit: 1 }, [2], 2],
    [{ types: ['order.created'], after: 2, limit: 1 }, [5], 5],
    [{ types: ['order.created'], after: 5, limit: 1 }, [], 7],
    [{ types: ['customer.updated', 'customer.created'] }, [1, 6], 7],
    [{ types: ['order.expired'] }, [], 7],
    [{ types: ['order.expired'], after: 9 }, [], 9],
  ]
  test.each(table)('%j', async (params, seqs, next) => {
    const page = await partner.call('listEvents', params)
    expect([page.events.map(({ seq }) => seq), page.next]).toEqual([seqs, next])
  })

  test('every way of paging reads the same feed', async () => {
    const whole = await partner.events()
    for (const limit of [1, 2, 5]) {
      const read: typeof whole = []
      for (let after = 0, more = true; more; ) {
        const { events, next } = await partner.call('listEvents', { after, limit })
        read.push(...events)
        more = next > after
        after = next
      }
      expect(read).toEqual(whole)
    }
  })
})

test.each([
  { after: -1 },
  { after: 0.5 },
  { limit: 0 },
  { limit: 501 },
  { types: [] },
  { types: ['order.eaten'] },
])('%j is not valid', async (params) => {
  expect((await partner.refusal('listEvents', params)).data.reason).toBe('params_invalid')
})

test('every type can be filtered by', async () => {
  for (const type of eventTypes)
    expect((await partner.call('listEvents', { types: [type] })).next, type).toBe(7)
})

test('an event keeps what it told, whatever has happened to the object since', async () => {
  const [created] = (await partner.call('listEvents', { types: ['customer.created'] })).events
  expect(created).toMatchObject({
    seq: 1,
    at: seconds(now),
    object: { kind: 'customer', id: 'C', version: 1 },
    data: { remoteId: 'C', name: 'Customer', version: 1 },
  })
})

test('the only refusal: what lies before the events that are kept is gone, and nothing else is', async () => {
  const own = await house.partner()
  for (let index = 0; index < 6; index++) await own.call('createCustomer', { id: `C${index}`, name: 'X' })
  await house.sql('delete from event where partner_id = $1 and seq <= 3', [own.number])
  await expectPrecedence(own, 'listEvents', [
    ['events_gone', { after: 0 }],
    ['events_gone', { after: 2, types: ['customer.updated'] }],
    ['done', { after: 3 }],
  ])
  const gone = await own.refusal('listEvents', { after: 1 })
  expect(gone.data).toMatchObject({ reason: 'events_gone', after: 3 })
  const seqs = async (params: Params<'listEvents'>) =>
    (await own.call('listEvents', params)).events.map(({ seq }) => seq)
  expect(await seqs({})).toEqual([4, 5, 6])
  expect(await seqs({ after: gone.data.after as number })).toEqual([4, 5, 6])
  expect(await seqs({ after: 9 })).toEqual([])
})

test('another partner’s feed is its own, and starts at 1', async () => {
  const other = await house.partner()
  expect(await other.call('listEvents', {})).toEqual({ events: [], next: 0 })
  await other.call('createCustomer', { id: 'X', name: 'X' })
  expect((await other.events()).map(({ seq }) => seq)).toEqual([1])
})

test('many callers at once: positions stay dense, and nobody sees a later one before an earlier', async () => {
  const own = await house.partner()
  const calls = Array.from({ length: 40 }, (_, index) =>
    own.call('createCustomer', { id: `C${index}`, name: 'X' }),
  )
  const seen: number[] = []
  const reader = (async () => {
    for (let after = 0; seen.length < 40; ) {
      const { events, next } = await own.call('listEvents', { after, limit: 7 })
      seen.push(...events.map(({ seq }) => seq))
      after = next
    }
  })()
  await Promise.all([...calls, reader])
  expect(seen).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
})
