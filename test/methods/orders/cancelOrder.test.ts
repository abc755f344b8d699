/** `cancelOrder`: the end of a chain, now or when its latest term is over. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../../house.ts'
import { buy, expectPrecedence, lengthOfFeed, partnerWithCustomer, story, versionOf } from './stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
})
afterAll(() => house.close())

test('now unless said otherwise', async () => {
  const partner = await partnerWithCustomer(house)
  const first = await buy(partner, 'O1')
  const cancelled = await partner.call('cancelOrder', { id: 'O1' })
  expect(cancelled).toEqual({ ...first, status: 'cancelled', changed: true })
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({
    status: 'cancelled',
    cancelAt: seconds(now),
  })
  expect(await story(partner, 'O1')).toEqual([`order.created ${now}`, `order.cancelled ${now}`])
})

test('at the end of the latest term, not of the one in force; nothing else is announced by then', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true, graceDays: 3 })
  await buy(partner, 'O1', { startsAt: '2026-02-10T00:00:00Z' })
  await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })
  expect(await partner.call('cancelOrder', { id: 'O1', at: 'termEnd' })).toMatchObject({
    status: 'active',
    changed: true,
  })
  const cancelAt = seconds('2026-04-10T00:00:00Z')
  expect(await partner.call('getOrder', { id: 'O2' })).toMatchObject({ cancelAt, status: 'active' })
  await partner.call('setClock', { at: cancelAt - 1 })
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ status: 'active' })
  await partner.call('advanceClock', { seconds: 1 })
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ status: 'cancelled' })
  await partner.call('advanceClock', { days: 30 })
  expect(await story(partner, 'O1')).toEqual([
    `order.created ${now}`,
    `order.cancellation_scheduled ${now}`,
    'order.cancelled 2026-04-10T00:00:00Z',
  ])
})

test('cancelling an ending chain now brings the end forward', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1')
  await partner.call('cancelOrder', { id: 'O1', at: 'termEnd', reason: 'later' })
  await partner.call('advanceClock', { days: 1 })
  expect(await partner.call('cancelOrder', { id: 'O1', at: 'now' })).toMatchObject({
    changed: true,
    status: 'cancelled',
  })
  await partner.call('advanceClock', { days: 90 })
  expect(await story(partner, 'O1')).toEqual([
    `order.created ${now}`,
    `order.cancellation_scheduled ${now}`,
    'order.cancelled 2026-03-02T12:00:00Z',
  ])
})

test('where the latest term is over already, its end means now', async () => {
  const partner = await partnerWithCustomer(house)
  await buy(partner, 'O1', { startsAt: '2026-01-01T00:00:00Z' })
  expect(await partner.call('cancelOrder', { id: 'O1', at: 'termEnd' })).toMatchObject({
    status: 'cancelled',
  })
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ cancelAt: seconds(now) })
})

test('a chain that is yet to begin can be cancelled, and never begins', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1', { startsAt: '2026-04-01' })
  await partner.call('cancelOrder', { id: 'O1' })
  await partner.call('advanceClock', { days: 100 })
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ status: 'cancelled' })
  expect(await story(partner, 'O1')).toEqual([`order.created ${now}`, `order.cancelled ${now}`])
})

test('the refusals, each before all later ones', async () => {
  const partner = await partnerWithCustomer(house)
  await buy(partner, 'O1', { startsAt: '2026-02-10' })
  await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })
  await expectPrecedence(partner, 'cancelOrder', [
    ['order_unknown', { id: 'NOBODY', ifVersion: 99 }],
    ['order_not_first', { id: 'O2', ifVersion: 99 }],
    ['version_conflict', { id: 'O1', ifVersion: 99 }],
    ['version_conflict', { id: 'O1', at: 'termEnd', ifVersion: 99 }],
    ['done', { id: 'O1', ifVersion: await versionOf(partner, 'O2') }],
  ])
})

test('what is done already is no conflict, however old the version', async () => {
  const partner = await partnerWithCustomer(house)
  await buy(partner, 'O1')
  await partner.call('cancelOrder', { id: 'O1', at: 'termEnd' })
  const again = await partner.call('cancelOrder', { id: 'O1', at: 'termEnd', ifVersion: 77 })
  expect(again).toMatchObject({ changed: false, status: 'active' })
  const error = await partner.refusal('cancelOrder', { id: 'O1', ifVersion: 77 })
  expect(error.data).toEqual({ reason: 'version_conflict', version: 2, retryable: false })
  await partner.call('cancelOrder', { id: 'O1' })
  const before = await lengthOfFeed(partner)
  for (const at of ['now', 'termEnd', undefined] as const) {
    const params = { id: 'O1', ifVersion: 77, ...(at ? { at } : {}) }
    expect(await partner.call('cancelOrder', params)).toMatchObject({ changed: false, status: 'cancelled' })
  }
  expect(await lengthOfFeed(partner)).toBe(before)
})
