/** Licence sync from end to end: catalogue, licences of their own and of chains, consumers, entitlement. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../../house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ now: '2026-03-01T12:00:00Z' })
})
afterAll(() => house.close())

test('an ERP keeps customers, licences and their users in step', async () => {
  await house.operator.call('createProduct', { code: 'cad', name: 'CAD' })
  const edition = {
    code: 'cad-pro',
    product: 'cad',
    name: 'CAD Pro',
    features: ['draw'],
    limitations: { files: 10 },
  }
  expect(await house.operator.call('createEdition', edition)).toMatchObject({
    version: 1,
    features: ['draw'],
  })
  const partner = await house.partner({ sandbox: true })
  await partner.call('createCustomer', { id: 'K001', name: 'Kunde' })

  const license = await partner.call('createLicense', {
    customer: 'K001',
    edition: 'cad-pro',
    id: 'L1',
    quantity: 5,
    validUntil: '2026-03-31',
    limitations: { files: 99 },
    references: { contract: 'CON-1' },
  })
  expect(license).toMatchObject({
    product: 'cad',
    state: 'active',
    validUntil: seconds('2026-04-01'),
    features: ['draw'],
    limitations: { files: 99 },
  })
  const again = await partner.call('getLicense', { id: 'L1', product: 'cad' })
  expect(again).toEqual(license)
  const updated = await partner.call('updateLicense', {
    licenseId: license.licenseId as string,
    limitations: null,
    isActive: false,
  })
  expect(updated).toMatchObject({ limitations: { files: 10 }, state: 'suspended', version: 2 })
  await partner.call('updateLicense', { id: 'L1', product: 'cad', isActive: true })

  await partner.call('createFirstOrder', {
    customer: 'K001',
    id: 'O1',
    product: 'oo-lite',
    licenses: 3,
    duration: 'monthly',
  })
  const { items } = await partner.call('listLicenses', { customer: 'K001' })
  expect(items.map(({ order, edition }) => [order, edition]).sort()).toEqual(
    [
      [null, 'cad-pro'],
      ['O1', 'oo-lite'],
    ].sort(),
  )
  expect((await partner.call('listLicenses', { state: 'active' })).items).toHaveLength(2)
  const ofChain = items.find(({ order }) => order === 'O1')
  const governed = await partner.refusal('updateLicense', { licenseId: ofChain?.licenseId, quantity: 4 })
  expect(governed.data).toMatchObject({ reason: 'license_governed_by_order', order: 'O1' })
  expect(
    await partner.call('updateLicense', { licenseId: ofChain?.licenseId as string, name: 'Main' }),
  ).toMatchObject({ name: 'Main' })

  const person = await partner.call('createConsumer', {
    customer: 'K001',
    id: 'U1',
    email: 'Ann@Example.com',
    displayName: 'Ann',
  })
  expect(person).toMatchObject({ remoteId: 'U1', kind: 'person' })
  expect(await partner.call('checkEntitlement', { consumer: 'U1', edition: 'cad-pro' })).toMatchObject({
    entitled: false,
    reason: 'no_license',
  })
  await partner.call('grantAccess', { customer: 'K001', consumer: 'U1' })
  const verdict = await partner.call('checkEntitlement', { consumer: 'U1', product: 'cad', feature: 'draw' })
  expect(verdict).toMatchObject({ entitled: true, quantity: 5 })
  expect(await partner.call('getConsumer', { email: 'ann@example.com' })).toMatchObject({
    access: [{ customer: 'K001' }],
  })
  expect(
    (await partner.refusal('createConsumer', { customer: 'K001', email: 'ANN@example.com' })).data.reason,
  ).toBe('consumer_exists')

  await partner.call('setClock', { at: '2026-05-01' })
  expect(await partner.call('checkEntitlement', { customer: 'K001', edition: 'cad-pro' })).toMatchObject({
    entitled: false,
    reason: 'expired',
  })
  expect(
    await partner.call('checkEntitlement', { customer: 'K001', edition: 'cad-pro', at: '2026-03-15' }),
  ).toMatchObject({ entitled: true })
  const revoked = await partner.call('revokeLicenses', { customer: 'K001', order: 'O1' })
  expect(revoked.revoked).toEqual([ofChain?.licenseId])
  expect(await partner.call('getOrder', { id: 'O1' })).toMatchObject({ status: 'cancelled' })
  expect((await partner.call('revokeLicenses', { customer: 'K001', contract: 'CON-1' })).revoked).toEqual([
    license.licenseId,
  ])
  expect(await partner.call('getLicense', { id: 'L1', product: 'cad' })).toMatchObject({ state: 'revoked' })
  expect((await partner.events()).slice(-5).map(({ type }) => type)).toEqual([
    'order.renewal_due',
    'license.expired',
    'order.expired',
    'order.cancelled',
    'license.revoked',
  ])
})
