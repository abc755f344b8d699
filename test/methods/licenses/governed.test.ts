/** `updateLicense` and the licence of a chain: what the chain governs is left to the order methods. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { House } from '../../house.ts'
import { licenseOfChain, openStage, partnerWithCustomer } from './stage.ts'

let house: House
beforeAll(async () => {
  house = await openStage()
})
afterAll(() => house.close())

describe('the licence of a chain', () => {
  test.each([
    [{ edition: 'cad-pro' }],
    [{ quantity: 3 }],
    [{ validFrom: '2026-01-01' }],
    [{ validUntil: null }],
    [{ isActive: true }],
  ])('%j belongs to the order methods', async (patch) => {
    const own = await partnerWithCustomer(house)
    const licenseId = await licenseOfChain(own)
    expect((await own.refusal('updateLicense', { licenseId, ...patch })).data).toMatchObject({
      reason: 'license_governed_by_order',
      order: 'O1',
    })
  })

  test('may have a name, references and groups of its own, told as a change of the order', async () => {
    const own = await partnerWithCustomer(house)
    const licenseId = await licenseOfChain(own)
    const patch = { name: 'Main', references: { contract: 'CON-9' }, limitations: { files: 7 } }
    const changed = await own.call('updateLicense', { licenseId, ...patch })
    expect(changed).toMatchObject({ ...patch, order: 'O1', version: 2, features: ['draw'] })
    const conflict = await own.refusal('updateLicense', { licenseId, name: 'N', ifVersion: 1 })
    expect(conflict.data).toMatchObject({ reason: 'version_conflict', version: 2 })
    const events = await own.events()
    expect(events.map(({ type }) => type)).toEqual(['customer.created', 'order.created', 'order.changed'])
    expect(events.at(-1)).toMatchObject({ object: { id: 'O1', version: 2 }, data: { licenseId } })
  })

  test('loses its own groups when the order moves to another edition, and only then', async () => {
    const own = await partnerWithCustomer(house)
    const licenseId = await licenseOfChain(own)
    await own.call('updateLicense', { licenseId, limitations: { files: 7 }, name: 'Main' })
    await own.call('changeOrder', { id: 'O1', licenses: 4 })
    expect(await own.call('getLicense', { licenseId })).toMatchObject({
      quantity: 4,
      limitations: { files: 7 },
    })
    await own.call('changeOrder', { id: 'O1', product: 'cad-pro' })
    expect(await own.call('getLicense', { licenseId })).toMatchObject({
      edition: 'cad-pro',
      limitations: { files: 100, plots: 5 },
      name: 'Main',
    })
  })
})
