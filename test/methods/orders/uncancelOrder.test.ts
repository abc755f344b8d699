/** `uncancelOrder`: a cancellation is withdrawn while its end is still ahead. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../../house.ts'
import { buy, expectPrecedence, partnerWithCustomer, story, versionOf } from './stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
})
afterAll(() => house.close())

test('the chain goes on as if it had never been cancelled, and is called due for renewal again', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  const first = await buy(partner, 'O1')
  await partner.call('cancelOrder', { id: 'O1', at: 'termEnd' })
  await partner.call('advanceClock', { days: 2 })
  expect(await partner.call('uncancelOrder', { id: 'O1' })).toEqual({ ...first, changed: true })
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ cancelAt: null })
  await partner.call('advanceClock', { days: 60 })
  expect(await story(partner, 'O1')).toEqual([
    `order.created ${now}`,
    `order.cancellation_scheduled ${now}`,
    'order.uncancelled 2026-03-03T12:00:00Z',
    'order.renewal_due 2026-03-17T12:00:00Z',
    'order.expired 2026-04-01T12:00:00Z',
  ])
})

test('withdrawn within the window, the renewal is called due at once, and never dated before the withdrawal', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1')
  await partner.call('cancelOrder', { id: 'O1', at: 'termEnd' })
  await partner.call('setClock', { at: '2026-03-25T00:00:00Z' })
  await partner.call('uncancelOrder', { id: 'O1' })
  expect((await story(partner, 'O1')).slice(2)).toEqual([
    'order.uncancelled 2026-03-25T00:00:00Z',
    'order.renewal_due 2026-03-25T00:00:00Z',
  ])
  expect(await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })).toMatchObject({
    status: 'active',
  })
})

test('to the second: until the end it can be withdrawn, from the end on it cannot', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  for (const id of ['O1', 'O2']) {
    await buy(partner, id)
    await partner.call('cancelOrder', { id, at: 'termEnd' })
  }
  const end = seconds('2026-04-01T12:00:00Z')
  await partner.call('setClock', { at: end - 1 })
  expect(await partner.call('uncancelOrder', { id: 'O1' })).toMatchObject({ changed: true })
  await partner.call('setClock', { at: end })
  expect((await partner.refusal('uncancelOrder', { id: 'O2' })).data).toEqual({
    reason: 'order_cancelled',
    since: end,
    retryable: false,
  })
})

test('the refusals, each before all later ones', async () => {
  const partner = await partnerWithCustomer(house)
  await buy(partner, 'O1', { startsAt: '2026-02-10' })
  await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })
  await buy(partner, 'GONE', { startsAt: '2026-02-10' })
  await partner.call('createRenewalOrder', { parent: 'GONE', id: 'GONE2' })
  await partner.call('cancelOrder', { id: 'GONE' })
  await partner.call('cancelOrder', { id: 'O1', at: 'termEnd' })
  await expectPrecedence(partner, 'uncancelOrder', [
    ['order_unknown', { id: 'NOBODY', ifVersion: 99 }],
    ['order_not_first', { id: 'GONE2', ifVersion: 99 }],
    ['order_cancelled', { id: 'GONE', ifVersion: 99 }],
    ['version_conflict', { id: 'O1', ifVersion: 99 }],
    ['done', { id: 'O1', ifVersion: await versionOf(partner, 'O1') }],
  ])
})

test('a chain that is not ending answers changed: false, however old the version', async () => {
  const partner = await partnerWithCustomer(house)
  const first = await buy(partner, 'O1')
  expect(await partner.call('uncancelOrder', { id: 'O1', ifVersion: 77 })).toEqual({
    ...first,
    changed: false,
  })
})
