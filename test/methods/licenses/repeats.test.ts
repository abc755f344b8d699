/** `createLicense` sent again: the same call is recognised for ever, a different one under its ids refused. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { House, TestPartner } from '../../house.ts'
import { eventTypes, licenseOfChain, openStage, partnerWithCustomer, reasons } from './stage.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openStage()
  partner = await partnerWithCustomer(house, { timeZone: 'Europe/Berlin' })
})
afterAll(() => house.close())

const plain = { customer: 'K001', edition: 'cad-lite' }

describe('repeats', () => {
  test('the first answer comes again, whatever has happened since, and nothing is announced', async () => {
    const own = await partnerWithCustomer(house)
    const params = { ...plain, id: 'R1', licenseId: randomUUID(), quantity: 2 }
    const first = await own.call('createLicense', params)
    await own.call('updateLicense', { id: 'R1', product: 'cad', quantity: 9 })
    await own.call('revokeLicenses', { customer: 'K001', licenseIds: [params.licenseId] })
    await own.call('renameCustomer', { id: 'K001', newId: 'K002' })
    await own.call('updateCustomer', { id: 'K001', isActive: false })
    const before = await eventTypes(own)
    const again = await own.post({ method: 'createLicense', params: { name: null, ...params } })
    expect(again.headers.get('x-replayed')).toBe('1')
    expect(again.json).toEqual(first)
    expect(await eventTypes(own)).toEqual(before)
  })

  test('many at the same moment are one', async () => {
    const own = await partnerWithCustomer(house)
    const params = { ...plain, id: 'R2' }
    const answers = await Promise.all(Array.from({ length: 8 }, () => own.call('createLicense', params)))
    expect(new Set(answers.map(({ licenseId }) => licenseId)).size).toBe(1)
    expect(await eventTypes(own)).toEqual(['customer.created', 'license.created'])
  })

  const uuid = randomUUID()
  const first = { ...plain, id: 'R3', licenseId: uuid, quantity: 2, references: { contract: 'A' } }
  test.each([
    ['another quantity', { ...first, quantity: 3 }, 'license_exists', ['quantity']],
    ['a member more', { ...first, name: 'N' }, 'license_exists', ['name']],
    [
      'another reference',
      { ...first, references: { contract: 'B' } },
      'license_exists',
      ['references.contract'],
    ],
    ['another edition of the product', { ...first, edition: 'cad-pro' }, 'license_exists', ['edition']],
    ['the key with another UUID', { ...first, licenseId: randomUUID() }, 'license_exists', ['licenseId']],
    [
      'the key without the UUID',
      { ...plain, id: 'R3' },
      'license_exists',
      ['licenseId', 'quantity', 'references'],
    ],
    ['the UUID with another key', { ...first, id: 'R4' }, 'license_exists', ['id']],
    ['the UUID in another product', { ...first, edition: 'cam-std' }, 'license_exists', ['edition']],
  ])('%s is a different request', async (_what, params, reason, differs) => {
    await partner.call('createLicense', first)
    expect((await partner.refusal('createLicense', params)).data).toMatchObject({ reason, differs })
  })

  test('the key of one product is free in another, and with another partner', async () => {
    const one = await partner.call('createLicense', { ...plain, id: 'R5' })
    const other = await partner.call('createLicense', { customer: 'K001', edition: 'cam-std', id: 'R5' })
    expect(other.licenseId).not.toBe(one.licenseId)
    const stranger = await partnerWithCustomer(house)
    expect(await stranger.call('createLicense', first)).toMatchObject({ licenseId: uuid, remoteId: 'R3' })
  })

  test('the UUID of a chain’s licence is taken', async () => {
    const own = await partnerWithCustomer(house)
    const licenseId = await licenseOfChain(own)
    expect((await own.refusal('createLicense', { ...plain, licenseId })).data.reason).toBe('license_exists')
  })

  test('a refused create does not burn its ids', async () => {
    const params = { ...plain, customer: 'LATER', id: 'R6', licenseId: randomUUID() }
    const replies = await partner.batch([
      { method: 'createLicense', params },
      { method: 'createCustomer', params: { id: 'LATER', name: 'Later' } },
      { method: 'createLicense', params },
      { method: 'createLicense', params },
      { method: 'createLicense', params: { ...params, quantity: 4 } },
    ])
    expect(reasons(replies)).toEqual(['customer_unknown', 'ok', 'ok', 'ok', 'license_exists'])
    expect(replies[3]?.result).toEqual(replies[2]?.result)
  })
})
