/** `changeOrder`: another quantity or edition for the term in force, every later one bought, and what follows. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../../house.ts'
import { buy, expectPrecedence, lengthOfFeed, partnerWithCustomer, story, versionOf } from './stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
  const { operator } = house
  await operator.call('createEdition', {
    code: 'wide',
    product: 'oo',
    name: 'Wide',
    windowDays: 27,
    graceDays: 9,
  })
  await operator.call('createEdition', { code: 'once', product: 'oo', name: 'Once', renewable: false })
})
afterAll(() => house.close())

/** Two terms: February's, which is over for the second order, and the one in force; a third is bought. */
async function threeTerms() {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1', { startsAt: '2026-02-10T00:00:00Z' })
  await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2', licenses: 20 })
  await partner.call('setClock', { at: '2026-03-28T00:00:00Z' })
  await partner.call('createRenewalOrder', { parent: 'O1', id: 'O3', licenses: 30 })
  const contents = async () => {
    const { orders } = await partner.call('getOrder', { id: 'O1' })
    return orders.map(({ licenses, product }) => `${licenses} ${product}`)
  }
  return { partner, contents }
}

describe('the term in force and every later one already bought', () => {
  test('a quantity', async () => {
    const { partner, contents } = await threeTerms()
    expect(await contents()).toEqual(['10 oo-lite', '20 oo-lite', '30 oo-lite'])
    const changed = await partner.call('changeOrder', { id: 'O1', licenses: 44 })
    expect(changed).toMatchObject({
      remoteId: 'O1',
      parent: null,
      licenses: 44,
      product: 'oo-lite',
      changed: true,
    })
    expect(await contents()).toEqual(['10 oo-lite', '44 oo-lite', '44 oo-lite'])
  })

  test('an edition, while the quantities stay as they were bought', async () => {
    const { partner, contents } = await threeTerms()
    await partner.call('changeOrder', { id: 'O1', product: 'oo-ent' })
    expect(await contents()).toEqual(['10 oo-lite', '20 oo-ent', '30 oo-ent'])
  })

  test('both, and again: the last word counts', async () => {
    const { partner, contents } = await threeTerms()
    await partner.call('changeOrder', { id: 'O1', product: 'oo-ent', licenses: 5 })
    await partner.call('changeOrder', { id: 'O1', licenses: 6 })
    expect(await contents()).toEqual(['10 oo-lite', '6 oo-ent', '6 oo-ent'])
    expect((await story(partner, 'O1')).filter((line) => line.startsWith('order.changed'))).toHaveLength(2)
  })

  test('later terms alone may differ from what is asked: then something changes', async () => {
    const { partner, contents } = await threeTerms()
    expect(await partner.call('changeOrder', { id: 'O1', licenses: 20 })).toMatchObject({ changed: true })
    expect(await contents()).toEqual(['10 oo-lite', '20 oo-lite', '20 oo-lite'])
  })

  test('a change counts for renewals that are bought later, which may change it again for themselves', async () => {
    const { partner, contents } = await threeTerms()
    await partner.call('changeOrder', { id: 'O1', licenses: 44 })
    await partner.call('setClock', { at: '2026-05-01T00:00:00Z' })
    await partner.call('createRenewalOrder', { parent: 'O1', id: 'O4' })
    await partner.call('setClock', { at: '2026-06-01T00:00:00Z' })
    await partner.call('createRenewalOrder', { parent: 'O1', id: 'O5', licenses: 7 })
    expect((await contents()).slice(2)).toEqual(['44 oo-lite', '44 oo-lite', '7 oo-lite'])
  })
})

test('before the first term it changes the first, after the last the last', async () => {
  const partner = await partnerWithCustomer(house)
  await buy(partner, 'SOON', { startsAt: '2026-04-01' })
  await buy(partner, 'OVER', { startsAt: '2026-01-01' })
  for (const id of ['SOON', 'OVER'])
    expect(await partner.call('changeOrder', { id, licenses: 3 })).toMatchObject({
      licenses: 3,
      changed: true,
    })
  expect(await partner.call('createRenewalOrder', { parent: 'OVER', id: 'AGAIN' })).toMatchObject({
    licenses: 3,
  })
})

test('the rules of the new edition hold at once, and what they make due is told', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1')
  await partner.call('setClock', { at: '2026-03-10T00:00:00Z' })
  expect(await partner.call('changeOrder', { id: 'O1', product: 'wide' })).toMatchObject({
    renewableFrom: seconds('2026-03-05T12:00:00Z'),
  })
  await partner.call('advanceClock', { days: 40 })
  expect((await story(partner, 'O1')).slice(1)).toEqual([
    'order.changed 2026-03-10T00:00:00Z',
    'order.renewal_due 2026-03-10T00:00:00Z',
    'order.expired 2026-04-10T12:00:00Z',
  ])
})

test('changed to an edition that cannot be renewed, the chain is not called due', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1')
  await partner.call('changeOrder', { id: 'O1', product: 'once' })
  await partner.call('advanceClock', { days: 40 })
  expect((await story(partner, 'O1')).slice(2)).toEqual(['order.expired 2026-04-01T12:00:00Z'])
})

test('the refusals, each before all later ones', async () => {
  const partner = await partnerWithCustomer(house)
  await buy(partner, 'O1')
  await buy(partner, 'GONE', { startsAt: '2026-02-10' })
  await partner.call('createRenewalOrder', { parent: 'GONE', id: 'GONE2' })
  await partner.call('cancelOrder', { id: 'GONE' })
  await expectPrecedence(partner, 'changeOrder', [
    ['order_unknown', { id: 'NOBODY', product: 'nothing', ifVersion: 99 }],
    ['order_not_first', { id: 'GONE2', product: 'nothing', ifVersion: 99 }],
    ['order_cancelled', { id: 'GONE', product: 'nothing', ifVersion: 99 }],
    ['edition_unknown', { id: 'O1', product: 'nothing', ifVersion: 99 }],
    ['version_conflict', { id: 'O1', product: 'oo-std', ifVersion: 99 }],
    ['done', { id: 'O1', product: 'oo-std', ifVersion: await versionOf(partner, 'O1') }],
  ])
  expect((await partner.refusal('changeOrder', { id: 'O1' })).data.reason).toBe('params_invalid')
})

test('a change to what is so already changes nothing, however old the version', async () => {
  const partner = await partnerWithCustomer(house)
  const first = await buy(partner, 'O1')
  const before = await lengthOfFeed(partner)
  const again = await partner.call('changeOrder', {
    id: 'O1',
    licenses: 10,
    product: 'oo-lite',
    ifVersion: 77,
  })
  expect(again).toEqual({ ...first, changed: false })
  expect(await lengthOfFeed(partner)).toBe(before)
})
