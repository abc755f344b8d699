/** What `checkEntitlement` tells in `because`: stories that a support person can read aloud. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, type Params, seconds, type TestPartner } from '../../house.ts'
import { licenseOfChain, openStage, partnerWithCustomer } from './stage.ts'

let house: House
beforeAll(async () => {
  house = await openStage()
})
afterAll(() => house.close())

const lite = { customer: 'K001', edition: 'cad-lite' }

const license = async (partner: TestPartner, given: Partial<Params<'createLicense'>> = {}) =>
  (await partner.call('createLicense', { ...lite, ...given })).licenseId as string

/** The actor that a partner's first key is told as. */
const actorOf = (partner: TestPartner) => `key:${partner.key.split('_')[2]}`

test('the story of a chain can be read aloud, in order, as it was at the moment', async () => {
  const partner = await partnerWithCustomer(house)
  const licenseId = await licenseOfChain(partner, { product: 'cad-grace' })
  await partner.call('setClock', { at: '2026-03-20' })
  await partner.call('createRenewalOrder', { parent: 'O1', id: 'O2', licenses: 4 })
  await partner.call('suspendOrder', { id: 'O1', reason: 'unpaid' })
  await partner.call('setClock', { at: '2026-03-25' })
  await partner.call('resumeOrder', { id: 'O1' })
  await partner.call('changeOrder', { id: 'O1', licenses: 9 })
  await partner.call('updateLicense', { licenseId, limitations: { files: 1 }, name: 'Main' })
  await partner.call('setClock', { at: '2026-04-10' })
  await partner.call('suspendOrder', { id: 'O1' })
  const told = async (at: string) => {
    const { reason, because } = await partner.call('checkEntitlement', {
      customer: 'K001',
      product: 'cad',
      at,
    })
    return [reason, ...because]
  }
  const actor = actorOf(partner)
  const opened = [
    `Licence ${licenseId} (Main) follows order O1.`,
    'Order O1 bought 3 of cad-grace from 2026-03-01T12:00:00Z until 2026-04-01T12:00:00Z.',
  ]
  const off = `Suspended at 2026-03-20T00:00:00Z by ${actor} (unpaid)`
  const changed = 'Changed to 9 licences at 2026-03-25T00:00:00Z.'
  const renewed = 'Renewal O2 bought 4 of cad-grace from 2026-04-01T12:00:00Z until 2026-05-01T12:00:00Z.'
  const own = "The licence has limitations of its own instead of the edition's."
  expect(await told('2026-03-10')).toEqual(['entitled', ...opened, own])
  expect((await told('2026-03-22')).slice(0, 4)).toEqual(['suspended', ...opened, `${off}.`])
  expect(await told('2026-04-05')).toEqual([
    'entitled',
    ...opened,
    `${off}, resumed at 2026-03-25T00:00:00Z.`,
    changed,
    renewed,
    own,
  ])
  const since = `Suspended since 2026-04-10T00:00:00Z by ${actor}.`
  expect((await told('2026-04-10')).slice(-2)).toEqual([since, own])
  await partner.call('resumeOrder', { id: 'O1' })
  const grace = 'The term ended at 2026-05-01T12:00:00Z; grace lasts until 2026-05-08T12:00:00Z.'
  expect(await told('2026-05-03')).toEqual(expect.arrayContaining(['grace', grace]))
  expect((await told('2026-05-09')).slice(-2)[0]).toBe(
    'The term ended at 2026-05-01T12:00:00Z and was not renewed.',
  )
  await partner.call('cancelOrder', { id: 'O1', at: 'termEnd', reason: 'too dear' })
  const end = `2026-05-01T12:00:00Z by ${actor} (too dear).`
  expect((await told('2026-04-20')).slice(-2)[0]).toBe(`Will end by cancellation at ${end}`)
  expect(await told('2026-05-03')).toEqual(expect.arrayContaining(['revoked', `Cancelled at ${end}`]))
})

test('the story of a licence of its own: off and on, grace, revoked by whom', async () => {
  const partner = await partnerWithCustomer(house)
  const licenseId = await license(partner, { id: 'L', edition: 'cad-grace', validUntil: '2026-03-31' })
  await partner.call('setClock', { at: '2026-03-10' })
  await partner.call('updateLicense', { licenseId, isActive: false })
  await partner.call('setClock', { at: '2026-03-12' })
  await partner.call('updateLicense', { licenseId, isActive: true })
  await partner.call('setClock', { at: '2026-04-02' })
  const check = (at?: string) =>
    partner.call('checkEntitlement', { customer: 'K001', edition: 'cad-grace', ...(at ? { at } : {}) })
  const actor = actorOf(partner)
  const story = [
    'Licence L gives 1 of cad-grace from 2026-03-01T12:00:00Z until 2026-04-01T00:00:00Z.',
    `Switched off at 2026-03-10T00:00:00Z by ${actor}, on again at 2026-03-12T00:00:00Z.`,
  ]
  expect(await check()).toMatchObject({
    entitled: true,
    reason: 'grace',
    validUntil: seconds('2026-04-08'),
    because: [...story, 'It ended at 2026-04-01T00:00:00Z; grace lasts until 2026-04-08T00:00:00Z.'],
  })
  await partner.call('revokeLicenses', { customer: 'K001', licenseIds: [licenseId] })
  expect(await check()).toMatchObject({
    reason: 'revoked',
    because: [...story, `Revoked at 2026-04-02T00:00:00Z by ${actor}.`],
  })
  expect((await check('2026-03-11')).reason).toBe('suspended')
})
