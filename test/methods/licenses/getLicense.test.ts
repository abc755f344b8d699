/** `getLicense`: by UUID or by key and product, of its own or of a chain. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, seconds, type TestPartner } from '../../house.ts'
import { issuePaths, licenseOfChain, openStage, partnerWithCustomer } from './stage.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openStage()
  partner = await partnerWithCustomer(house)
})
afterAll(() => house.close())

test('by UUID in any case, and by the key within its product', async () => {
  const licenseId = randomUUID()
  const params = { customer: 'K001', edition: 'cad-lite', id: 'L1', licenseId }
  const license = await partner.call('createLicense', params)
  for (const selector of [{ licenseId: licenseId.toUpperCase() }, { id: 'L1', product: 'cad' }])
    expect(await partner.call('getLicense', selector)).toEqual(license)
})

test('the licence of a chain follows the chain', async () => {
  const own = await partnerWithCustomer(house, { graceDays: 3 })
  const licenseId = await licenseOfChain(own)
  const get = () => own.call('getLicense', { licenseId })
  expect(await get()).toMatchObject({
    remoteId: null,
    order: 'O1',
    product: 'cad',
    edition: 'cad-lite',
    quantity: 3,
    validUntil: seconds('2026-04-04T12:00:00Z'),
    state: 'active',
  })
  await own.call('suspendOrder', { id: 'O1' })
  expect(await get()).toMatchObject({ state: 'suspended', isActive: false, version: 2 })
  await own.call('resumeOrder', { id: 'O1' })
  await own.call('changeOrder', { id: 'O1', product: 'cam-std', licenses: 8 })
  expect(await get()).toMatchObject({ product: 'cam', edition: 'cam-std', quantity: 8, state: 'active' })
  await own.call('setClock', { at: '2026-04-02' })
  expect(await get()).toMatchObject({ state: 'grace' })
  await own.call('createRenewalOrder', { parent: 'O1', id: 'O2', licenses: 5 })
  expect(await get()).toMatchObject({
    state: 'active',
    quantity: 5,
    validUntil: seconds('2026-05-04T12:00:00Z'),
  })
  await own.call('cancelOrder', { id: 'O1', at: 'termEnd' })
  expect(await get()).toMatchObject({ state: 'active', validUntil: seconds('2026-05-01T12:00:00Z') })
  await own.call('setClock', { at: '2026-05-02' })
  expect(await get()).toMatchObject({ state: 'revoked' })
})

test('the state is derived from the moment, not from what was stored', async () => {
  const own = await partnerWithCustomer(house)
  const params = { customer: 'K001', edition: 'cad-grace', validFrom: '2026-03-10', validUntil: '2026-03-19' }
  const { licenseId } = await own.call('createLicense', params)
  const stateAt = async (at: string) => {
    await own.call('setClock', { at })
    return (await own.call('getLicense', { licenseId: licenseId as string })).state
  }
  expect(await stateAt('2026-03-09T23:59:59Z')).toBe('scheduled')
  expect(await stateAt('2026-03-10')).toBe('active')
  expect(await stateAt('2026-03-19T23:59:59Z')).toBe('active')
  expect(await stateAt('2026-03-20')).toBe('grace')
  expect(await stateAt('2026-03-26T23:59:59Z')).toBe('grace')
  expect(await stateAt('2026-03-27')).toBe('expired')
})

describe('license_unknown', () => {
  test.each([
    [{ licenseId: '00000000-0000-4000-8000-000000000000' }],
    [{ id: 'L1', product: 'cam' }],
    [{ id: 'L1', product: 'nothing' }],
    [{ id: 'l1', product: 'cad' }],
  ])('%j', async (selector) => {
    const { data } = await partner.refusal('getLicense', selector)
    expect(data).toMatchObject({ reason: 'license_unknown', id: Object.values(selector)[0] })
  })

  test('another partner’s', async () => {
    const stranger = await partnerWithCustomer(house)
    const { licenseId } = await partner.call('getLicense', { id: 'L1', product: 'cad' })
    expect((await stranger.refusal('getLicense', { licenseId })).data.reason).toBe('license_unknown')
  })
})

describe('bad input', () => {
  test.each([
    ['nothing', {}, ['']],
    ['a key without its product', { id: 'L1' }, ['']],
    ['a product alone', { product: 'cad' }, ['']],
    ['both ways', { licenseId: randomUUID(), id: 'L1', product: 'cad' }, ['']],
    ['no UUID', { licenseId: 'L1' }, ['licenseId']],
  ])('%s', async (_what, params, paths) => {
    expect(await issuePaths(partner, 'getLicense', params)).toEqual(paths)
  })
})
