/** `getOrder`: a chain as it stands, by the id of any of its orders. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../../house.ts'
import { buy, expectPrecedence, partnerWithCustomer } from './stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
})
afterAll(() => house.close())

test('the whole answer, the same for every id of the chain', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  const first = await buy(partner, 'O1', { references: { contract: 'K' }, metadata: { a: 1 } })
  await partner.call('setClock', { at: '2026-03-20T00:00:00Z' })
  const second = await partner.call('createRenewalOrder', {
    parent: 'O1',
    id: 'O2',
    licenses: 20,
    duration: 'yearly',
  })
  const whole = await partner.call('getOrder', { id: 'O1' })
  const own = ({
    customer: _c,
    partner: _p,
    status: _s,
    renewableFrom: _r,
    licenseId: _l,
    ...members
  }: typeof first) => members
  expect(whole).toEqual({
    ...first,
    renewableFrom: second.renewableFrom,
    cancelAt: null,
    suspendedAt: null,
    orders: [
      { ...own(first), references: { contract: 'K' }, metadata: { a: 1 } },
      { ...own(second), references: {}, metadata: {} },
    ],
  })
  expect(await partner.call('getOrder', { id: 'O2' })).toEqual(whole)
})

test('it shows the term in force, else the next, else the last', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1', { startsAt: '2026-03-10T00:00:00Z' })
  const seen = async () => {
    const { licenses, termStart, status } = await partner.call('getOrder', { id: 'O1' })
    return [licenses, termStart, status]
  }
  const [first, second] = [seconds('2026-03-10T00:00:00Z'), seconds('2026-04-10T00:00:00Z')]
  expect(await seen()).toEqual([10, first, 'scheduled'])
  await partner.call('setClock', { at: '2026-04-01' })
  await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2', licenses: 20 })
  await partner.call('setClock', { at: second - 1 })
  expect(await seen()).toEqual([10, first, 'active'])
  await partner.call('setClock', { at: second })
  expect(await seen()).toEqual([20, second, 'active'])
  await partner.call('setClock', { at: '2027-01-01' })
  expect(await seen()).toEqual([20, second, 'expired'])
})

test('when it ends and since when it is suspended', async () => {
  const partner = await partnerWithCustomer(house)
  const { termEnd } = await buy(partner, 'O1')
  await partner.call('suspendOrder', { id: 'O1' })
  await partner.call('cancelOrder', { id: 'O1', at: 'termEnd' })
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({
    cancelAt: termEnd,
    suspendedAt: seconds(now),
  })
})

test('the only refusal; another partner’s order does not exist', async () => {
  const [partner, other] = [await partnerWithCustomer(house), await partnerWithCustomer(house)]
  await buy(partner, 'O1')
  await expectPrecedence(partner, 'getOrder', [
    ['order_unknown', { id: 'NOBODY' }],
    ['done', { id: 'O1' }],
  ])
  expect((await other.refusal('getOrder', { id: 'O1' })).data).toEqual({
    reason: 'order_unknown',
    id: 'O1',
    retryable: false,
  })
})
