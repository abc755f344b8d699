/** `suspendOrder`: nothing works until the chain is resumed, and the clock does not stop. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../../house.ts'
import { buy, expectPrecedence, lengthOfFeed, partnerWithCustomer, story, versionOf } from './stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
})
afterAll(() => house.close())

test('the state is suspended, since now, with the reason told by checkEntitlement', async () => {
  const partner = await partnerWithCustomer(house)
  const first = await buy(partner, 'O1')
  expect(await partner.call('suspendOrder', { id: 'O1', reason: 'unpaid' })).toEqual({
    ...first,
    status: 'suspended',
    changed: true,
  })
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ suspendedAt: seconds(now) })
  const { because } = await partner.call('checkEntitlement', { customer: 'C', product: 'oo' })
  expect(because.join(' ')).toContain('(unpaid)')
  expect(await story(partner, 'O1')).toEqual([`order.created ${now}`, `order.suspended ${now}`])
})

test('the term goes on running out, and is not called due for renewal; its expiry is told', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  const { termEnd } = await buy(partner, 'O1')
  await partner.call('suspendOrder', { id: 'O1' })
  await partner.call('advanceClock', { days: 60 })
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ status: 'suspended', termEnd })
  expect(await story(partner, 'O1')).toEqual([
    `order.created ${now}`,
    `order.suspended ${now}`,
    'order.expired 2026-04-01T12:00:00Z',
  ])
})

test('the refusals, each before all later ones', async () => {
  const partner = await partnerWithCustomer(house)
  await buy(partner, 'O1')
  await buy(partner, 'GONE', { startsAt: '2026-02-10' })
  await partner.call('createRenewalOrder', { parent: 'GONE', id: 'GONE2' })
  await partner.call('cancelOrder', { id: 'GONE' })
  await expectPrecedence(partner, 'suspendOrder', [
    ['order_unknown', { id: 'NOBODY', ifVersion: 99 }],
    ['order_not_first', { id: 'GONE2', ifVersion: 99 }],
    ['order_cancelled', { id: 'GONE', ifVersion: 99 }],
    ['version_conflict', { id: 'O1', ifVersion: 99 }],
    ['done', { id: 'O1', ifVersion: await versionOf(partner, 'O1') }],
  ])
})

test('what is done already changes nothing, neither the reason nor the time, however old the version', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1')
  await partner.call('suspendOrder', { id: 'O1' })
  await partner.call('advanceClock', { days: 1 })
  const before = await lengthOfFeed(partner)
  const again = await partner.call('suspendOrder', { id: 'O1', reason: 'another', ifVersion: 77 })
  expect(again).toMatchObject({ changed: false, status: 'suspended' })
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ suspendedAt: seconds(now) })
  expect(await lengthOfFeed(partner)).toBe(before)
})
