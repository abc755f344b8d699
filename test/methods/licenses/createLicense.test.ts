/** `createLicense`: by edition or by details, under a UUID or a key, recognised when it comes again. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, seconds, type TestPartner } from '../../house.ts'
import { eventTypes, issuePaths, opening, openStage, partnerWithCustomer } from './stage.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openStage()
  partner = await partnerWithCustomer(house, { timeZone: 'Europe/Berlin' })
})
afterAll(() => house.close())

const plain = { customer: 'K001', edition: 'cad-lite' }

test('without details the edition is taken as it is', async () => {
  const license = await partner.call('createLicense', { ...plain, id: 'BY-EDITION' })
  const customer = await partner.call('getCustomer', { id: 'K001' })
  expect(license).toEqual({
    licenseId: license.licenseId,
    remoteId: 'BY-EDITION',
    customer: 'K001',
    customerId: customer.customerId,
    product: 'cad',
    edition: 'cad-lite',
    editionVersion: 1,
    order: null,
    quantity: 1,
    validFrom: seconds(opening),
    validUntil: null,
    state: 'active',
    isActive: true,
    features: ['draw'],
    limitations: { files: 10 },
    variables: { region: 'eu' },
    name: null,
    description: null,
    references: {},
    version: 1,
    createdAt: seconds(opening),
  })
  expect(await partner.call('getLicense', { licenseId: license.licenseId as string })).toEqual(license)
})

describe('a group that is given replaces that group of the edition and no other', () => {
  const edition = { features: ['draw'], limitations: { files: 10 }, variables: { region: 'eu' } }
  test.each([
    [{}],
    [{ features: ['plot', 'draw'] }],
    [{ features: [] }],
    [{ limitations: { files: 0 } }],
    [{ limitations: {}, variables: {} }],
    [{ features: ['x'], limitations: { y: 2_147_483_647 }, variables: { z: '' } }],
  ])('%j', async (given) => {
    expect(await partner.call('createLicense', { ...plain, ...given })).toMatchObject({
      ...edition,
      ...given,
    })
  })
})

test('the licence keeps the configuration it was issued with', async () => {
  await house.operator.call('createEdition', { code: 'cad-kept', product: 'cad', name: 'K', features: ['a'] })
  const params = { customer: 'K001', edition: 'cad-kept' }
  const before = await partner.call('createLicense', params)
  await house.operator.call('updateEdition', { code: 'cad-kept', features: ['a', 'b'] })
  const licenseId = before.licenseId as string
  expect(await partner.call('getLicense', { licenseId })).toEqual(before)
  expect(await partner.call('createLicense', params)).toMatchObject({
    editionVersion: 2,
    features: ['a', 'b'],
  })
})

describe('validity, in the time zone of the partner', () => {
  test.each([
    [{}, opening, null, 'active'],
    [{ validUntil: '2026-03-31' }, opening, '2026-03-31T22:00:00Z', 'active'],
    [{ validUntil: '2026-03-28' }, opening, '2026-03-28T23:00:00Z', 'active'],
    [{ validUntil: '2026-03-01' }, opening, '2026-03-01T23:00:00Z', 'active'],
    [{ validFrom: '2026-03-02' }, '2026-03-01T23:00:00Z', null, 'scheduled'],
    [
      { validFrom: '2026-07-01', validUntil: '2026-07-01' },
      '2026-06-30T22:00:00Z',
      '2026-07-01T22:00:00Z',
      'scheduled',
    ],
    [
      { validFrom: '2024-01-01', validUntil: '2026-03-01T12:00:00Z' },
      '2023-12-31T23:00:00Z',
      opening,
      'expired',
    ],
    [{ validUntil: '9999-12-31' }, opening, '9999-12-31T23:00:00Z', 'active'],
  ])('%j', async (given, validFrom, validUntil, state) => {
    const license = await partner.call('createLicense', { ...plain, ...given })
    const told = {
      validFrom: seconds(validFrom),
      validUntil: validUntil === null ? null : seconds(validUntil),
    }
    expect(license).toMatchObject({ ...told, state })
    expect(await partner.call('getLicense', { licenseId: license.licenseId as string })).toEqual(license)
  })

  test('the last day of the calendar, which many systems write for ever, can be kept, with grace too', async () => {
    const west = await partnerWithCustomer(house, { timeZone: 'America/New_York' })
    const params = { customer: 'K001', edition: 'cad-grace', validUntil: '9999-12-31' }
    const { licenseId } = await west.call('createLicense', params)
    const named = await west.call('updateLicense', { licenseId: licenseId as string, name: 'For ever' })
    expect(named).toMatchObject({ validUntil: seconds('9999-12-31T23:59:59Z'), version: 2 })
  })
})

test('one that is created switched off was never on', async () => {
  const off = { ...plain, validFrom: '2025-01-01', isActive: false }
  const other = await partnerWithCustomer(house)
  expect(await other.call('createLicense', off)).toMatchObject({ state: 'suspended', isActive: false })
  for (const at of ['2025-06-01', opening])
    expect(await other.call('checkEntitlement', { customer: 'K001', edition: 'cad-lite', at })).toMatchObject(
      { entitled: false, reason: 'suspended' },
    )
})

test('refusals, in order of precedence', async () => {
  const taken = randomUUID()
  await partner.call('createLicense', { ...plain, licenseId: taken })
  await partner.call('createCustomer', { id: 'GONE', name: 'Gone' })
  await partner.call('updateCustomer', { id: 'GONE', isActive: false })
  const worst = { licenseId: taken, customer: 'NOBODY', edition: 'nothing' }
  const invalid = await partner.refusal('createLicense', { ...worst, validFrom: 2, validUntil: 1 })
  expect(invalid.data.reason).toBe('params_invalid')
  expect((await partner.refusal('createLicense', worst)).data).toMatchObject({
    reason: 'license_exists',
    id: taken,
    differs: ['customer', 'edition'],
  })
  const free = { customer: 'NOBODY', edition: 'nothing' }
  expect((await partner.refusal('createLicense', free)).data).toMatchObject({
    reason: 'customer_unknown',
    id: 'NOBODY',
  })
  expect((await partner.refusal('createLicense', { ...free, customer: 'GONE' })).data).toMatchObject({
    reason: 'customer_inactive',
    customer: 'GONE',
  })
  expect((await partner.refusal('createLicense', { ...free, customer: 'K001' })).data).toMatchObject({
    reason: 'edition_unknown',
    id: 'nothing',
  })
})

describe('bad input', () => {
  test.each([
    ['no customer', { edition: 'cad-lite' }, ['']],
    ['two customers', { ...plain, customerId: randomUUID() }, ['']],
    ['no edition', { customer: 'K001' }, ['edition']],
    ['a quantity below one', { ...plain, quantity: 0 }, ['quantity']],
    ['a negative quantity', { ...plain, quantity: -5 }, ['quantity']],
    ['an absurd quantity', { ...plain, quantity: 10_000_001 }, ['quantity']],
    ['half a seat', { ...plain, quantity: 1.5 }, ['quantity']],
    ['a limitation that is no integer', { ...plain, limitations: { files: 1.5 } }, ['limitations.files']],
    ['a limitation that is a text', { ...plain, limitations: { files: '10' } }, ['limitations.files']],
    ['a negative limitation', { ...plain, limitations: { files: -1 } }, ['limitations.files']],
    ['a variable that is no text', { ...plain, variables: { region: 7 } }, ['variables.region']],
    [
      '10,000 features',
      { ...plain, features: Array.from({ length: 10_000 }, (_, n) => `f${n}`) },
      ['features'],
    ],
    ['a feature twice', { ...plain, features: ['draw', 'draw'] }, ['features']],
    ['no UUID', { ...plain, licenseId: 'CON-77' }, ['licenseId']],
    ['an empty key', { ...plain, id: '' }, ['id']],
    ['no day', { ...plain, validUntil: '2026-02-30' }, ['validUntil']],
    [
      'an end before its beginning',
      { ...plain, validFrom: '2026-05-02', validUntil: '2026-05-01' },
      ['validUntil'],
    ],
    ['an end in the past and no beginning', { ...plain, validUntil: '2026-02-28' }, ['validUntil']],
    ['an unknown reference', { ...plain, references: { quote: 'Q1' } }, ['references.quote']],
    ['a misspelt member', { ...plain, quantitiy: 5 }, ['quantitiy']],
    [
      'several at once',
      { ...plain, quantity: 0, validUntil: 'soon', limitations: { a: -1 } },
      ['quantity', 'validUntil', 'limitations.a'],
    ],
  ])('%s', async (_what, params, paths) => {
    expect((await issuePaths(partner, 'createLicense', params)).sort()).toEqual([...paths].sort())
  })
})

test('the event tells the answer', async () => {
  const own = await partnerWithCustomer(house)
  const license = await own.call('createLicense', { ...plain, id: 'E1' })
  const event = (await own.events()).at(-1)
  expect(event).toMatchObject({
    type: 'license.created',
    at: license.createdAt,
    object: { kind: 'license', id: license.licenseId, version: 1 },
    data: license,
  })
})

test('a preview answers what would be, without what only the call can know', async () => {
  const own = await partnerWithCustomer(house)
  const params = { ...plain, id: 'P1' }
  const preview = { method: 'createLicense' as const, params }
  const told = await own.call('preview', preview)
  expect(await eventTypes(own)).toEqual(['customer.created'])
  const real = await own.call('createLicense', params)
  expect(told).toEqual({ ok: true, result: { ...real, licenseId: null, createdAt: null } })
  expect(await own.call('preview', preview)).toEqual({ ok: true, result: real })
  const other = await own.call('preview', { method: 'createLicense', params: { ...params, quantity: 7 } })
  expect(other).toMatchObject({ ok: false, error: { data: { reason: 'license_exists' } } })
})

test('it needs the scope licenses', async () => {
  const own = await partnerWithCustomer(house)
  for (const scope of ['orders', 'read'] as const) {
    const caller = await house.withScopes(own, [scope])
    expect((await caller.refusal('createLicense', plain)).data.reason).toBe('forbidden')
  }
  const caller = await house.withScopes(own, ['licenses'])
  expect(await caller.call('createLicense', plain)).toMatchObject({ state: 'active' })
})
