/** `updateLicense`: a PATCH; what is absent stays, null clears, and what a chain governs it leaves alone. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, type Params, seconds, type TestPartner } from '../../house.ts'
import {
  eventTypes,
  issuePaths,
  licenseOfChain,
  opening,
  openStage,
  partnerWithCustomer,
  reasons,
} from './stage.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openStage()
  partner = await partnerWithCustomer(house, { timeZone: 'Europe/Berlin' })
})
afterAll(() => house.close())

const details = {
  quantity: 5,
  validFrom: '2026-01-01',
  validUntil: '2026-12-31',
  name: 'Main',
  description: 'The main one',
  references: { contract: 'CON-1', order: 'ORD-1' },
  limitations: { files: 99 },
}

async function licensed(given: Partial<Params<'createLicense'>> = {}, of = partner): Promise<string> {
  const params = { customer: 'K001', edition: 'cad-lite', ...details, ...given }
  return (await of.call('createLicense', params)).licenseId as string
}

describe('what is absent stays, null clears', () => {
  const own = { files: 99 }
  test.each([
    [{ quantity: 6 }, { quantity: 6 }],
    [{ validUntil: null }, { validUntil: null }],
    [{ validUntil: '2027-01-31' }, { validUntil: seconds('2027-01-31T23:00:00Z') }],
    [{ validFrom: '2026-02-01' }, { validFrom: seconds('2026-01-31T23:00:00Z') }],
    [
      { name: null, description: 'Another' },
      { name: null, description: 'Another' },
    ],
    [{ limitations: null }, { limitations: { files: 10 } }],
    [{ features: ['x'] }, { features: ['x'], limitations: own }],
    [{ features: [] }, { features: [] }],
    [{ variables: { region: 'us' } }, { variables: { region: 'us' } }],
    [
      { references: { contract: null, subscription: 'S' } },
      { references: { order: 'ORD-1', subscription: 'S' } },
    ],
    [{ references: null }, { references: {} }],
    [{ isActive: false }, { isActive: false, state: 'suspended' }],
  ])('%j', async (patch, changed) => {
    const licenseId = await licensed()
    const before = await partner.call('getLicense', { licenseId })
    const after = await partner.call('updateLicense', { licenseId, ...patch } as Params<'updateLicense'>)
    expect(after).toEqual({ ...before, ...changed, version: 2 })
    expect(await partner.call('getLicense', { licenseId })).toEqual(after)
  })
})

describe('the edition', () => {
  test('another one replaces all groups except those given', async () => {
    const licenseId = await licensed({ features: ['x'] })
    const moved = { licenseId, edition: 'cad-pro', variables: { region: 'own' } }
    expect(await partner.call('updateLicense', moved)).toMatchObject({
      edition: 'cad-pro',
      editionVersion: 1,
      features: ['draw', 'render'],
      limitations: { files: 100, plots: 5 },
      variables: { region: 'own' },
    })
  })

  test('named again, its present configuration is taken', async () => {
    await house.operator.call('createEdition', {
      code: 'cad-moving',
      product: 'cad',
      name: 'M',
      features: ['a'],
    })
    const licenseId = await licensed({ edition: 'cad-moving' })
    await house.operator.call('updateEdition', { code: 'cad-moving', features: ['a', 'b'] })
    expect(await partner.call('updateLicense', { licenseId, quantity: 7 })).toMatchObject({
      editionVersion: 1,
      features: ['a'],
      limitations: { files: 99 },
    })
    const renewed = await partner.call('updateLicense', { licenseId, edition: 'cad-moving' })
    expect(renewed).toMatchObject({ editionVersion: 2, features: ['a', 'b'], limitations: {} })
    expect(await partner.call('updateLicense', { licenseId, edition: 'cad-moving' })).toEqual(renewed)
  })

  test.each([['cam-std'], ['cad-floating'], ['cad-devices']])('not to %s', async (edition) => {
    const licenseId = await licensed()
    expect((await partner.refusal('updateLicense', { licenseId, edition })).data).toMatchObject({
      reason: 'edition_incompatible',
      edition,
      from: 'cad-lite',
    })
  })

  test('what an earlier version contained is known within one array too', async () => {
    const { operator } = house
    await operator.call('createCustomer', { id: 'HOUSE', name: 'House' })
    const licenseId = randomUUID()
    const replies = await operator.batch([
      { method: 'createEdition', params: { code: 'cad-quick', product: 'cad', name: 'Q', features: ['a'] } },
      { method: 'createLicense', params: { customer: 'HOUSE', edition: 'cad-quick', licenseId } },
      { method: 'updateEdition', params: { code: 'cad-quick', features: ['b'] } },
      { method: 'updateLicense', params: { licenseId, name: 'N' } },
    ])
    expect(reasons(replies)).toEqual(['ok', 'ok', 'ok', 'ok'])
    expect(replies[3]?.result).toMatchObject({
      product: 'cad',
      editionVersion: 1,
      features: ['a'],
      name: 'N',
    })
  })
})

test('by key, the product tells which of two licences with one key is meant', async () => {
  await licensed({ id: 'TWICE' })
  await licensed({ id: 'TWICE', edition: 'cam-std' })
  await partner.call('updateLicense', { id: 'TWICE', product: 'cam', name: 'the cam one' })
  expect(await partner.call('getLicense', { id: 'TWICE', product: 'cad' })).toMatchObject({ name: 'Main' })
  const unknown = await partner.refusal('updateLicense', { id: 'TWICE', product: 'oo', name: 'N' })
  expect(unknown.data).toMatchObject({ reason: 'license_unknown', id: 'TWICE' })
})

test('refusals, in order of precedence', async () => {
  const own = await partnerWithCustomer(house)
  const licenseId = await licensed({ id: 'L' }, own)
  const reason = async (params: object) => (await own.refusal('updateLicense', { ...params })).data
  expect(await reason({ licenseId: randomUUID(), edition: 'nothing', ifVersion: 9 })).toMatchObject({
    reason: 'license_unknown',
  })
  const ofChain = await licenseOfChain(own)
  await own.call('cancelOrder', { id: 'O1' })
  expect(await reason({ licenseId: ofChain, edition: 'nothing', ifVersion: 9 })).toMatchObject({
    reason: 'license_governed_by_order',
    order: 'O1',
  })
  expect(await reason({ licenseId: ofChain, name: 'N', ifVersion: 9 })).toMatchObject({
    reason: 'license_revoked',
    since: seconds(opening),
  })
  await own.call('revokeLicenses', { customer: 'K001', licenseIds: [await licensed({ id: 'OVER' }, own)] })
  expect(await reason({ id: 'OVER', product: 'cad', edition: 'nothing', ifVersion: 9 })).toMatchObject({
    reason: 'license_revoked',
    since: seconds(opening),
  })
  expect(await reason({ licenseId, edition: 'nothing', ifVersion: 9 })).toMatchObject({
    reason: 'edition_unknown',
    id: 'nothing',
  })
  expect(await reason({ licenseId, edition: 'cam-std', ifVersion: 9 })).toMatchObject({
    reason: 'edition_incompatible',
  })
  expect(await reason({ licenseId, edition: 'cad-pro', ifVersion: 9 })).toMatchObject({
    reason: 'version_conflict',
    version: 1,
  })
  expect(await own.call('updateLicense', { licenseId, edition: 'cad-pro', ifVersion: 1 })).toMatchObject({
    version: 2,
  })
  const invalid = { validFrom: '2027-01-01', edition: 'nothing' }
  expect(await reason({ licenseId, ...invalid })).toMatchObject({ reason: 'params_invalid' })
})

test('what is so already changes nothing, whatever version was named', async () => {
  const own = await partnerWithCustomer(house)
  const licenseId = await licensed({}, own)
  const before = await own.call('getLicense', { licenseId })
  const same = { licenseId, quantity: 5, name: 'Main', isActive: true, references: { order: 'ORD-1' } }
  expect(await own.call('updateLicense', { ...same, ifVersion: 42 })).toEqual(before)
  expect(await eventTypes(own)).toEqual(['customer.created', 'license.created'])
})

describe('bad input', () => {
  test.each([
    ['no selector', { name: 'N' }, ['']],
    ['two selectors', { licenseId: randomUUID(), id: 'L', product: 'cad' }, ['']],
    ['a key without its product', { id: 'L', name: 'N' }, ['']],
    ['a quantity of nothing', { licenseId: randomUUID(), quantity: null }, ['quantity']],
    ['no beginning', { licenseId: randomUUID(), validFrom: null }, ['validFrom']],
    ['half a limitation', { licenseId: randomUUID(), limitations: { a: 0.5 } }, ['limitations.a']],
    ['another id', { licenseId: randomUUID(), newId: 'X' }, ['newId']],
    [
      'both ends the wrong way round',
      { licenseId: randomUUID(), validFrom: 2, validUntil: 1 },
      ['validUntil'],
    ],
  ])('%s', async (_what, params, paths) => {
    expect(await issuePaths(partner, 'updateLicense', params)).toEqual(paths)
  })

  test('one end that does not fit the other that is kept', async () => {
    const licenseId = await licensed()
    expect(await issuePaths(partner, 'updateLicense', { licenseId, validUntil: '2025-12-31' })).toEqual([
      'validUntil',
    ])
    expect(await issuePaths(partner, 'updateLicense', { licenseId, validFrom: '2027-01-01' })).toEqual([
      'validFrom',
    ])
  })
})

test('the event tells the answer', async () => {
  const own = await partnerWithCustomer(house)
  const data = await own.call('updateLicense', { licenseId: await licensed({}, own), quantity: 6 })
  const object = { kind: 'license', id: data.licenseId, version: 2 }
  expect((await own.events()).at(-1)).toMatchObject({ type: 'license.updated', object, data })
})

test('a preview answers what would be', async () => {
  const own = await partnerWithCustomer(house)
  const licenseId = await licensed({}, own)
  const params = { licenseId, quantity: 6, edition: 'cad-pro' }
  const told = await own.call('preview', { method: 'updateLicense', params })
  expect(await own.call('getLicense', { licenseId })).toMatchObject({ quantity: 5, version: 1 })
  expect(told).toEqual({ ok: true, result: await own.call('updateLicense', params) })
})

test('another partner’s licence does not exist', async () => {
  const licenseId = await licensed({ id: 'MINE' })
  const stranger = await partnerWithCustomer(house)
  expect((await stranger.refusal('updateLicense', { licenseId, name: 'N' })).data.reason).toBe(
    'license_unknown',
  )
  const byKey = { id: 'MINE', product: 'cad', name: 'N' }
  expect((await stranger.refusal('updateLicense', byKey)).data.reason).toBe('license_unknown')
})
