/** What a customer’s chains entitle it to, as `checkEntitlement` tells it: now, in the past and in the future. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, seconds, type TestPartner } from '../../house.ts'
import { buy, expectPrecedence, partnerWithCustomer } from './stage.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
  const edition = {
    product: 'oo',
    name: 'With features',
    features: ['export', 'print'],
    limitations: { seats: 5 },
  }
  await house.operator.call('createEdition', { code: 'rich', ...edition, variables: { theme: 'dark' } })
  await house.operator.call('createEdition', {
    code: 'richer',
    ...edition,
    features: ['export'],
    limitations: { seats: 9 },
  })
})
afterAll(() => house.close())

describe('one chain through all that can happen to it, asked from its very end', () => {
  let partner: TestPartner
  let entitled: (
    at: number | string,
    given?: object,
  ) => Promise<{
    entitled: boolean
    reason: string
    quantity: number
    validUntil: number | null
    because: string[]
  }>
  beforeAll(async () => {
    partner = await partnerWithCustomer(house, { sandbox: true, graceDays: 2 })
    entitled = (at, given = {}) =>
      partner.call('checkEntitlement', { customer: 'C', product: 'oo', at, ...given })
    await buy(partner, 'O1', { product: 'rich', startsAt: '2026-03-02T00:00:00Z' })
    await partner.call('setClock', { at: '2026-03-10T00:00:00Z' })
    await partner.call('suspendOrder', { id: 'O1', reason: 'unpaid' })
    await partner.call('setClock', { at: '2026-03-12T00:00:00Z' })
    await partner.call('resumeOrder', { id: 'O1' })
    await partner.call('setClock', { at: '2026-03-15T00:00:00Z' })
    await partner.call('changeOrder', { id: 'O1', licenses: 25, product: 'richer' })
    await partner.call('setClock', { at: '2026-05-01T00:00:00Z' })
    await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2', licenses: 40 })
    await partner.call('setClock', { at: '2026-05-20T00:00:00Z' })
    await partner.call('cancelOrder', { id: 'O1', reason: 'closed' })
  })

  const table: [at: string, entitled: boolean, reason: string, quantity: number][] = [
    ['2026-03-01T23:59:59Z', false, 'scheduled', 0],
    ['2026-03-02T00:00:00Z', true, 'entitled', 10],
    ['2026-03-09T23:59:59Z', true, 'entitled', 10],
    ['2026-03-10T00:00:00Z', false, 'suspended', 0],
    ['2026-03-11T23:59:59Z', false, 'suspended', 0],
    ['2026-03-12T00:00:00Z', true, 'entitled', 10],
    ['2026-03-14T23:59:59Z', true, 'entitled', 10],
    ['2026-03-15T00:00:00Z', true, 'entitled', 25],
    ['2026-04-01T23:59:59Z', true, 'entitled', 25],
    ['2026-05-01T00:00:00Z', true, 'entitled', 40],
    ['2026-05-19T23:59:59Z', true, 'entitled', 40],
    ['2026-05-20T00:00:00Z', false, 'revoked', 0],
    ['2030-01-01', false, 'revoked', 0],
  ]
  test.each(table)('at %s: %s, %s, %i', async (at, isEntitled, reason, quantity) => {
    expect(await entitled(at)).toMatchObject({ entitled: isEntitled, reason, quantity })
  })

  test('the lapse between the two terms is told as what it was then: grace, and expired', async () => {
    // With the chain renewed since, the gap belongs to no term; the state of that time follows from the first.
    expect(await entitled('2026-04-02T00:00:00Z')).toMatchObject({ entitled: true, reason: 'grace' })
    expect(await entitled('2026-04-03T23:59:59Z')).toMatchObject({ reason: 'grace' })
    expect(await entitled('2026-04-04T00:00:00Z')).toMatchObject({ entitled: false, reason: 'expired' })
    expect(await entitled('2026-04-30T23:59:59Z')).toMatchObject({ entitled: false, reason: 'expired' })
  })

  test('what it contained at the time, by edition and by feature', async () => {
    expect(await entitled('2026-03-05', { product: undefined, edition: 'rich' })).toMatchObject({
      entitled: true,
      features: ['export', 'print'],
      limitations: { seats: 5 },
      variables: { theme: 'dark' },
    })
    expect(await entitled('2026-03-20', { product: undefined, edition: 'rich' })).toMatchObject({
      reason: 'no_license',
    })
    expect(await entitled('2026-03-20')).toMatchObject({
      features: ['export'],
      limitations: { seats: 9 },
      variables: {},
    })
    expect(await entitled('2026-03-05', { feature: 'print' })).toMatchObject({ entitled: true })
    expect(await entitled('2026-03-20', { feature: 'print' })).toMatchObject({
      entitled: false,
      reason: 'feature_missing',
    })
  })

  test('the story: orders, suspensions with their reason, changes, the cancellation', async () => {
    const because = (await entitled('2026-05-25')).because.join('\n')
    const inOrder = [
      'Order O1 bought 10 of rich from 2026-03-02T00:00:00Z until 2026-04-02T00:00:00Z.',
      'Suspended at 2026-03-10T00:00:00Z by key:',
      '(unpaid), resumed at 2026-03-12T00:00:00Z.',
      'Changed to 25 licences and edition richer at 2026-03-15T00:00:00Z.',
      'Renewal O2 bought 40 of richer from 2026-05-01T00:00:00Z until 2026-06-01T00:00:00Z.',
      'Cancelled at 2026-05-20T00:00:00Z by key:',
      '(closed)',
    ]
    const places = inOrder.map((sentence) => because.indexOf(sentence))
    expect(
      places.every((place) => place >= 0),
      because,
    ).toBe(true)
    expect(places).toEqual(places.toSorted((one, other) => one - other))
  })
})

test('until when: the end of the latest term plus grace, or the end by cancellation', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true, graceDays: 5 })
  const check = () => partner.call('checkEntitlement', { customer: 'C', product: 'oo' })
  const { termEnd } = await buy(partner, 'O1', { startsAt: '2026-02-10' })
  expect(await check()).toMatchObject({ validUntil: termEnd + 5 * 86_400 })
  const renewal = await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2' })
  expect(await check()).toMatchObject({ validUntil: renewal.termEnd + 5 * 86_400 })
  await partner.call('cancelOrder', { id: 'O1', at: 'termEnd' })
  expect(await check()).toMatchObject({ validUntil: renewal.termEnd, reason: 'entitled' })
  await partner.call('setClock', { at: renewal.termEnd })
  expect(await check()).toMatchObject({ entitled: false, reason: 'revoked', validUntil: null })
})

test('licences of one customer add up; another’s do not count', async () => {
  const partner = await partnerWithCustomer(house)
  await partner.call('createCustomer', { id: 'D', name: 'Other' })
  const first = await buy(partner, 'O1', { product: 'rich' })
  const second = await buy(partner, 'O2', { product: 'richer', duration: 'yearly', licenses: 7 })
  await buy(partner, 'O3', { product: 'erp-std' })
  await buy(partner, 'O4', { customer: 'D' })
  expect(await partner.call('checkEntitlement', { customer: 'C', product: 'oo' })).toMatchObject({
    quantity: 17,
    validUntil: second.termEnd,
    features: ['export', 'print'],
    limitations: { seats: 9 },
  })
  await partner.call('suspendOrder', { id: 'O2' })
  expect(await partner.call('checkEntitlement', { customer: 'C', product: 'oo' })).toMatchObject({
    entitled: true,
    quantity: 10,
    validUntil: first.termEnd,
  })
  const { customerId } = await partner.call('getCustomer', { id: 'C' })
  expect(
    await partner.call('checkEntitlement', { customerId: customerId as string, edition: 'erp-std' }),
  ).toMatchObject({
    entitled: true,
  })
})

test('the refusals, each before all later ones', async () => {
  const partner = await partnerWithCustomer(house)
  await expectPrecedence(partner, 'checkEntitlement', [
    ['customer_unknown', { customer: 'NOBODY', product: 'nothing' }],
    ['consumer_unknown', { consumer: 'NOBODY', edition: 'nothing' }],
    ['edition_unknown', { customer: 'C', edition: 'nothing' }],
    ['product_unknown', { customer: 'C', product: 'nothing' }],
    ['done', { customer: 'C', product: 'oo' }],
  ])
  for (const params of [
    { customer: 'C' },
    { product: 'oo' },
    { customer: 'C', product: 'oo', edition: 'oo-lite' },
    { customer: 'C', consumer: 'D', product: 'oo' },
  ])
    expect((await partner.refusal('checkEntitlement', params)).data.reason).toBe('params_invalid')
})

test('a date alone is the beginning of that day where the partner lives', async () => {
  const partner = await partnerWithCustomer(house, { timeZone: 'America/New_York' })
  await buy(partner, 'O1', { startsAt: '2026-03-02T05:00:00Z' })
  const at = (moment: string) =>
    partner.call('checkEntitlement', { customer: 'C', product: 'oo', at: moment })
  expect(await at('2026-03-02')).toMatchObject({
    reason: 'entitled',
    validUntil: seconds('2026-04-02T05:00:00Z'),
  })
  expect(await at('2026-03-02T04:59:59Z')).toMatchObject({ reason: 'scheduled' })
})
