/** `checkEntitlement`: who may use what, now or at a moment, with a story that can be read aloud. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, type Params, seconds, type TestPartner } from '../../house.ts'
import { issuePaths, openStage, partnerWithCustomer } from './stage.ts'

let house: House
beforeAll(async () => {
  house = await openStage()
})
afterAll(() => house.close())

type Asked = Params<'checkEntitlement'>
const lite = { customer: 'K001', edition: 'cad-lite' }

const license = async (partner: TestPartner, given: Partial<Params<'createLicense'>> = {}) =>
  (await partner.call('createLicense', { ...lite, ...given })).licenseId as string

/** The actor that a partner's first key is told as. */
const actorOf = (partner: TestPartner) => `key:${partner.key.split('_')[2]}`

describe('what several licences give together', () => {
  let partner: TestPartner
  beforeAll(async () => {
    partner = await partnerWithCustomer(house)
    await license(partner, { id: 'A', quantity: 2, validUntil: '2026-06-30' })
    await license(partner, { id: 'B', quantity: 3, validUntil: '2026-05-31', edition: 'cad-pro' })
    await license(partner, { id: 'C', quantity: 5, isActive: false })
    await license(partner, { id: 'D', quantity: 7, edition: 'cam-std' })
  })

  test.each([
    [{ edition: 'cad-lite' }, { quantity: 2, features: ['draw'], limitations: { files: 10 } }],
    [
      { product: 'cad' },
      {
        quantity: 5,
        features: ['draw', 'render'],
        limitations: { files: 100, plots: 5 },
        variables: { region: 'eu', tone: 'loud' },
        validUntil: seconds('2026-07-01'),
      },
    ],
    [
      { product: 'cad', feature: 'render' },
      { quantity: 3, validUntil: seconds('2026-06-01') },
    ],
    [{ product: 'cam' }, { quantity: 7, validUntil: null }],
    [
      { product: 'cad', at: '2026-06-15' },
      { quantity: 2, variables: { region: 'eu' } },
    ],
  ])('%j', async (asked, verdict) => {
    const answer = await partner.call('checkEntitlement', { customer: 'K001', ...asked } as Asked)
    expect(answer).toMatchObject({ entitled: true, reason: 'entitled', ...verdict })
  })

  test.each([
    [{ edition: 'oo-lite' }, 'no_license', 'There is no licence for this.'],
    [
      { edition: 'cad-lite', feature: 'render' },
      'feature_missing',
      'No licence in force has the feature render.',
    ],
    [{ edition: 'cad-lite', at: '2026-07-01' }, 'suspended', undefined],
    [{ edition: 'cad-pro', at: '2026-06-01' }, 'expired', 'It ended at 2026-06-01T00:00:00Z.'],
    [{ edition: 'cad-pro', at: '2026-02-28' }, 'scheduled', undefined],
  ])('%j: %s', async (asked, reason, last) => {
    const answer = await partner.call('checkEntitlement', { customer: 'K001', ...asked } as Asked)
    const nothing = { quantity: 0, validUntil: null, features: [], limitations: {}, variables: {} }
    expect(answer).toMatchObject({ entitled: false, reason, ...nothing })
    if (last) expect(answer.because.at(-1)).toBe(last)
  })
})

test('a customer that is deactivated is entitled to nothing, at once', async () => {
  const partner = await partnerWithCustomer(house)
  await license(partner)
  const { customerId } = await partner.call('updateCustomer', { id: 'K001', isActive: false })
  for (const who of [{ customer: 'K001' }, { customerId: customerId as string }]) {
    const verdict = await partner.call('checkEntitlement', { ...who, edition: 'cad-lite' })
    expect(verdict).toMatchObject({ entitled: false, reason: 'customer_inactive', quantity: 0 })
    expect(verdict.because.at(-1)).toBe('The customer is deactivated.')
  }
  await partner.call('updateCustomer', { id: 'K001', isActive: true })
  expect(await partner.call('checkEntitlement', lite)).toMatchObject({ entitled: true })
})

describe('a consumer', () => {
  let partner: TestPartner
  const check = async (at?: string) => {
    const asked = { consumer: 'U1', product: 'cad', ...(at ? { at } : {}) }
    return partner.call('checkEntitlement', asked)
  }
  beforeAll(async () => {
    partner = await partnerWithCustomer(house)
    await partner.call('createCustomer', { id: 'K002', name: 'Zweite AG' })
    await license(partner, { quantity: 2 })
    await license(partner, { customer: 'K002', quantity: 3 })
    await partner.call('createConsumer', { customer: 'K001', id: 'U1', displayName: 'Ann' })
  })

  test('may use what was granted, of several customers, at the time at which it was', async () => {
    const actor = actorOf(partner)
    expect(await check()).toMatchObject({
      reason: 'no_license',
      because: ['Ann has no access to the licences of any customer.', 'There is no licence for this.'],
    })
    await partner.call('setClock', { at: '2026-03-10' })
    await partner.call('grantAccess', { customer: 'K001', consumer: 'U1' })
    await partner.call('setClock', { at: '2026-03-20' })
    await partner.call('grantAccess', { customer: 'K002', consumer: 'U1' })
    const first = `Ann has access to the licences of Kunde GmbH, granted at 2026-03-10T00:00:00Z by ${actor}.`
    const second = `Ann has access to the licences of Zweite AG, granted at 2026-03-20T00:00:00Z by ${actor}.`
    const both = await check()
    expect(both).toMatchObject({ entitled: true, quantity: 5 })
    expect(both.because.slice(0, 2)).toEqual([first, second])
    await partner.call('setClock', { at: '2026-03-30' })
    await partner.call('revokeAccess', { customer: 'K001', consumer: 'U1' })
    const rest = await check()
    expect(rest).toMatchObject({ entitled: true, quantity: 3 })
    expect(rest.because[0]).toBe(
      `Ann had access to the licences of Kunde GmbH, granted at 2026-03-10T00:00:00Z by ${actor} and revoked at 2026-03-30T00:00:00Z by ${actor}.`,
    )
    expect((await check('2026-03-09')).entitled).toBe(false)
    expect(await check('2026-03-10')).toMatchObject({ quantity: 2, because: [first, expect.anything()] })
    expect((await check('2026-03-29')).quantity).toBe(5)
    const { consumerId } = await partner.call('getConsumer', { id: 'U1' })
    const byUuid = { consumerId: consumerId as string, product: 'cad' }
    expect(await partner.call('checkEntitlement', byUuid)).toEqual(rest)
  })

  test('loses what a deactivated customer has, and is told so', async () => {
    await partner.call('grantAccess', { customer: 'K001', consumer: 'U1' })
    await partner.call('updateCustomer', { id: 'K001', isActive: false })
    const verdict = await check()
    expect(verdict).toMatchObject({ entitled: true, quantity: 3 })
    expect(verdict.because).toContain('Kunde GmbH is deactivated, so its licences do not count.')
    await partner.call('updateCustomer', { id: 'K002', isActive: false })
    expect(await check()).toMatchObject({ entitled: false, reason: 'customer_inactive' })
  })
})

test('refusals, in order of precedence', async () => {
  const partner = await partnerWithCustomer(house)
  const refused = async (params: object) => (await partner.refusal('checkEntitlement', { ...params })).data
  expect(await refused({ customer: 'NOBODY', edition: 'nothing' })).toMatchObject({
    reason: 'customer_unknown',
    id: 'NOBODY',
  })
  expect(await refused({ consumer: 'NOBODY', product: 'nothing' })).toMatchObject({
    reason: 'consumer_unknown',
    id: 'NOBODY',
  })
  expect(await refused({ customer: 'K001', edition: 'nothing' })).toMatchObject({ reason: 'edition_unknown' })
  expect(await refused({ customer: 'K001', product: 'nothing' })).toMatchObject({ reason: 'product_unknown' })
  await license(partner)
  const stranger = await house.partner()
  expect((await stranger.refusal('checkEntitlement', lite)).data.reason).toBe('customer_unknown')
})

describe('bad input', () => {
  test.each([
    ['nobody', { edition: 'cad-lite' }],
    ['two of them', { customer: 'K001', consumer: 'U1', edition: 'cad-lite' }],
    ['nothing', { customer: 'K001' }],
    ['a feature alone', { customer: 'K001', feature: 'draw' }],
    ['edition and product', { ...lite, product: 'cad' }],
  ])('%s', async (_what, params) => {
    expect(await issuePaths(await house.partner(), 'checkEntitlement', params)).toEqual([''])
  })
})

test('calls that arrive together are each answered of their own customer', async () => {
  const partner = await partnerWithCustomer(house)
  const customers = Array.from({ length: 40 }, (_, index) => `C${index}`)
  await partner.batch(customers.map((id) => ({ method: 'createCustomer', params: { id, name: id } })))
  await partner.batch(
    customers.map((customer, index) => ({
      method: 'createLicense',
      params: { customer, edition: 'cad-lite', quantity: index + 1 },
    })),
  )
  const verdicts = await Promise.all(
    customers.map((customer) => partner.call('checkEntitlement', { customer, product: 'cad' })),
  )
  expect(verdicts.map(({ quantity }) => quantity)).toEqual(customers.map((_, index) => index + 1))
})
