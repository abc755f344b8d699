/** `resumeOrder`: the end of a suspension, which is kept so that the past can be told. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../../house.ts'
import { buy, expectPrecedence, partnerWithCustomer, story, versionOf } from './stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
})
afterAll(() => house.close())

test('the chain goes on; suspended again it is suspended anew, and each time is told for itself', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  const first = await buy(partner, 'O1')
  for (let round = 0; round < 2; round++) {
    await partner.call('suspendOrder', { id: 'O1' })
    await partner.call('advanceClock', { days: 1 })
    expect(await partner.call('resumeOrder', { id: 'O1' })).toEqual({ ...first, changed: true })
    await partner.call('advanceClock', { days: 1 })
  }
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ suspendedAt: null, status: 'active' })
  expect(await story(partner, 'O1')).toEqual([
    `order.created ${now}`,
    `order.suspended ${now}`,
    'order.resumed 2026-03-02T12:00:00Z',
    'order.suspended 2026-03-03T12:00:00Z',
    'order.resumed 2026-03-04T12:00:00Z',
  ])
})

test('resumed within the window it is called due at once; resumed before, when the window opens', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'LATE')
  await buy(partner, 'EARLY')
  for (const id of ['LATE', 'EARLY']) await partner.call('suspendOrder', { id })
  await partner.call('resumeOrder', { id: 'EARLY' })
  await partner.call('setClock', { at: '2026-03-20T00:00:00Z' })
  await partner.call('resumeOrder', { id: 'LATE' })
  expect((await story(partner, 'LATE')).slice(2)).toEqual([
    'order.resumed 2026-03-20T00:00:00Z',
    'order.renewal_due 2026-03-20T00:00:00Z',
  ])
  expect((await story(partner, 'EARLY')).slice(2)).toEqual([
    `order.resumed ${now}`,
    'order.renewal_due 2026-03-17T12:00:00Z',
  ])
})

test('called due before it was suspended, it is not called due again', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1')
  await partner.call('setClock', { at: '2026-03-20T00:00:00Z' })
  await partner.call('suspendOrder', { id: 'O1' })
  await partner.call('resumeOrder', { id: 'O1' })
  const due = (await story(partner, 'O1')).filter((line) => line.startsWith('order.renewal_due'))
  expect(due).toEqual(['order.renewal_due 2026-03-17T12:00:00Z'])
})

test('a chain that ran out while it was suspended is expired when it is resumed, and can be renewed then', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1')
  await partner.call('suspendOrder', { id: 'O1' })
  await partner.call('advanceClock', { days: 60 })
  expect((await partner.refusal('createRenewalOrder', { parent: 'O1', id: 'O2' })).data.reason).toBe(
    'order_suspended',
  )
  expect(await partner.call('resumeOrder', { id: 'O1' })).toMatchObject({ status: 'expired', changed: true })
  expect(await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })).toMatchObject({
    status: 'active',
  })
})

test('the refusals, each before all later ones', async () => {
  const partner = await partnerWithCustomer(house)
  await buy(partner, 'O1')
  await partner.call('suspendOrder', { id: 'O1' })
  await buy(partner, 'GONE', { startsAt: '2026-02-10' })
  await partner.call('createRenewalOrder', { parent: 'GONE', id: 'GONE2' })
  await partner.call('suspendOrder', { id: 'GONE' })
  await partner.call('cancelOrder', { id: 'GONE' })
  await expectPrecedence(partner, 'resumeOrder', [
    ['order_unknown', { id: 'NOBODY', ifVersion: 99 }],
    ['order_not_first', { id: 'GONE2', ifVersion: 99 }],
    ['order_cancelled', { id: 'GONE', ifVersion: 99 }],
    ['version_conflict', { id: 'O1', ifVersion: 99 }],
    ['done', { id: 'O1', ifVersion: await versionOf(partner, 'O1') }],
  ])
})

test('a chain that is not suspended answers changed: false, however old the version', async () => {
  const partner = await partnerWithCustomer(house)
  const first = await buy(partner, 'O1')
  expect(await partner.call('resumeOrder', { id: 'O1', ifVersion: 77 })).toEqual({ ...first, changed: false })
})
