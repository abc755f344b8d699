/** What time brings to licences of their own: told once, each at its moment, and remembered. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, type Params, seconds, type TestPartner } from '../../house.ts'
import { eventTypes, opening, openStage, partnerWithCustomer } from './stage.ts'

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

test('switched off and on again, the past knows when it was off', async () => {
  const own = await partnerWithCustomer(house)
  const licenseId = await licensed({}, own)
  await own.call('advanceClock', { days: 10 })
  await own.call('updateLicense', { licenseId, isActive: false })
  await own.call('advanceClock', { days: 10 })
  await own.call('updateLicense', { licenseId, isActive: true })
  const entitled = async (at: string) =>
    (await own.call('checkEntitlement', { customer: 'K001', edition: 'cad-lite', at })).reason
  expect(await entitled('2026-03-11T11:59:59Z')).toBe('entitled')
  expect(await entitled('2026-03-11T12:00:00Z')).toBe('suspended')
  expect(await entitled('2026-03-21T11:59:59Z')).toBe('suspended')
  expect(await entitled('2026-03-21T12:00:00Z')).toBe('entitled')
})

describe('running out is told once, at its own moment', () => {
  test('also after the licence was extended, and again at its new end', async () => {
    const own = await partnerWithCustomer(house)
    const licenseId = await licensed({ edition: 'cad-grace', validUntil: '2026-03-31' }, own)
    await own.call('setClock', { at: '2026-04-09' })
    await own.call('updateLicense', { licenseId, name: 'Late' })
    await own.call('updateLicense', { licenseId, validUntil: '2026-04-30' })
    await own.call('setClock', { at: '2026-08-01' })
    const told = (await own.events()).slice(2).map(({ type, at }) => [type, at])
    expect(told).toEqual([
      ['license.expired', seconds('2026-04-08')],
      ['license.updated', seconds('2026-04-09')],
      ['license.updated', seconds('2026-04-09')],
      ['license.expired', seconds('2026-05-08')],
    ])
  })

  test('before what is decided afterwards, where no clock has swept it yet', async () => {
    const live = await house.partner()
    await live.call('createCustomer', { id: 'K001', name: 'K' })
    const licenseId = await licensed({ validUntil: house.clock.now() + 60, validFrom: 0 }, live)
    house.clock.advance({ seconds: 100 })
    await live.call('updateLicense', { licenseId, name: 'N' })
    expect(await eventTypes(live, 2)).toEqual(['license.expired', 'license.updated'])
    house.clock.set(opening)
  })
})
