/** `updatePartner`: its name, and the rules its chains live under, which count at once. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../../house.ts'
import { buy, expectPrecedence, partnerWithCustomer, story } from '../orders/stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
  await house.operator.call('createEdition', {
    code: 'own',
    product: 'oo',
    name: 'Own',
    windowDays: 4,
    graceDays: 1,
  })
})
afterAll(() => house.close())

test('each member for itself; the version counts changes of the partner, not its business', async () => {
  const partner = await partnerWithCustomer(house)
  const update = (params: object) =>
    house.operator.call('updatePartner', { partner: partner.number, ...params })
  expect(await update({ name: 'New' })).toMatchObject({
    name: 'New',
    windowDays: 15,
    graceDays: 0,
    version: 2,
  })
  expect(await update({ timeZone: 'Asia/Tokyo' })).toMatchObject({
    name: 'New',
    timeZone: 'Asia/Tokyo',
    version: 3,
  })
  expect(await update({ windowDays: 20, graceDays: 3 })).toMatchObject({
    windowDays: 20,
    graceDays: 3,
    version: 4,
  })
  expect(await update({ windowDays: 20, ifVersion: 1 })).toMatchObject({ version: 4 })
  expect(await update({})).toMatchObject({ version: 4 })
})

test('the refusals, each before all later ones', async () => {
  const partner = await house.partner()
  await expectPrecedence(house.operator, 'updatePartner', [
    ['partner_unknown', { partner: 999_999, name: 'New', ifVersion: 99 }],
    ['version_conflict', { partner: partner.number, name: 'New', ifVersion: 99 }],
    ['done', { partner: partner.number, name: 'New', ifVersion: 1 }],
  ])
  const unknown = await house.operator.refusal('updatePartner', { partner: 999_999 })
  expect(unknown.data).toEqual({ reason: 'partner_unknown', id: '999999', retryable: false })
})

test('a number that no partner can have is refused, and is no failure', async () => {
  for (const partner of [2 ** 31, 2 ** 53 - 1, -1, 0.5]) {
    const { status } = await house.operator.post({ method: 'updatePartner', params: { partner } })
    expect([400, 404], `partner ${partner}`).toContain(status)
  }
})

describe('window and grace count at once, also for terms already bought', () => {
  test('for what is shown and for what is taken', async () => {
    const partner = await partnerWithCustomer(house, { sandbox: true })
    await buy(partner, 'O1')
    await partner.call('setClock', { at: '2026-03-10' })
    expect((await partner.refusal('createRenewalOrder', { parent: 'O1', id: 'O2' })).data.reason).toBe(
      'renewal_too_early',
    )
    await house.operator.call('updatePartner', { partner: partner.number, windowDays: 27 })
    expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({
      renewableFrom: seconds('2026-03-05T12:00:00Z'),
    })
    expect(await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })).toMatchObject({
      status: 'active',
    })
  })

  test('grace brings an expired chain back, and its renewal follows without a gap', async () => {
    const partner = await partnerWithCustomer(house, { sandbox: true })
    const { termEnd } = await buy(partner, 'O1')
    await partner.call('setClock', { at: termEnd + 86_400 })
    expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ status: 'expired' })
    await house.operator.call('updatePartner', { partner: partner.number, graceDays: 5 })
    expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ status: 'grace' })
    expect(await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })).toMatchObject({
      termStart: termEnd,
    })
  })

  test('for what is announced; what the edition says goes before', async () => {
    const partner = await partnerWithCustomer(house, { sandbox: true })
    await buy(partner, 'O1')
    await buy(partner, 'O2', { product: 'own' })
    await buy(partner, 'ENDING')
    await partner.call('cancelOrder', { id: 'ENDING', at: 'termEnd' })
    await house.operator.call('updatePartner', { partner: partner.number, windowDays: 5, graceDays: 2 })
    await partner.call('advanceClock', { days: 60 })
    expect((await story(partner, 'O1')).slice(1)).toEqual([
      'order.renewal_due 2026-03-27T12:00:00Z',
      'order.expired 2026-04-03T12:00:00Z',
    ])
    expect((await story(partner, 'O2')).slice(1)).toEqual([
      'order.renewal_due 2026-03-28T12:00:00Z',
      'order.expired 2026-04-02T12:00:00Z',
    ])
    expect((await story(partner, 'ENDING')).slice(2)).toEqual(['order.cancelled 2026-04-01T12:00:00Z'])
  })

  test('what became due by a wider window is dated not before what was told already, in order across chains', async () => {
    const partner = await partnerWithCustomer(house, { sandbox: true })
    for (const id of ['A', 'B', 'D']) await buy(partner, id)
    await partner.call('setClock', { at: '2026-03-12T00:00:00Z' })
    await partner.call('changeOrder', { id: 'A', licenses: 3 })
    await house.operator.call('updatePartner', { partner: partner.number, windowDays: 27 })
    await partner.call('advanceClock', { days: 1 })
    const due = (await partner.events()).filter(({ type }) => type === 'order.renewal_due')
    expect(due.map(({ object }) => object.id).toSorted()).toEqual(['A', 'B', 'D'])
    const instants = due.map(({ at }) => at)
    expect(instants).toEqual(instants.toSorted((one, other) => one - other))
    expect(due.find(({ object }) => object.id === 'A')?.at).toBe(seconds('2026-03-12T00:00:00Z'))
  })
})

test('a new time zone means other days from now on', async () => {
  const partner = await partnerWithCustomer(house)
  await house.operator.call('updatePartner', { partner: partner.number, timeZone: 'America/New_York' })
  expect(await buy(partner, 'O1', { startsAt: '2026-03-05' })).toMatchObject({
    termStart: seconds('2026-03-05T05:00:00Z'),
  })
})
