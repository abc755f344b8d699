/** `updateEdition`: every change makes a new version; what was issued keeps the one it was issued with. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, type Params, seconds } from '../../house.ts'
import { eventTypes, issuePaths, opening } from '../licenses/stage.ts'

let house: House
let made = 0
beforeAll(async () => {
  house = await openHouse({ now: opening })
})
afterAll(() => house.close())

const details = {
  features: ['a'],
  limitations: { files: 1 },
  variables: { v: 'x' },
  windowDays: 5,
  graceDays: 2,
}

async function edition(): Promise<string> {
  const code = `oo-${++made}`
  await house.operator.call('createEdition', { code, product: 'oo', name: 'E', ...details })
  return code
}

describe('what is absent stays, null clears', () => {
  test.each([
    [{ name: 'Another' }, { name: 'Another' }],
    [{ features: ['b', 'a'] }, { features: ['b', 'a'] }],
    [
      { features: null, limitations: null, variables: null },
      { features: [], limitations: {}, variables: {} },
    ],
    [{ limitations: { plots: 2 } }, { limitations: { plots: 2 } }],
    [
      { windowDays: null, graceDays: 0 },
      { windowDays: null, graceDays: 0 },
    ],
    [{ renewable: false }, { renewable: false }],
  ])('%j', async (patch, changed) => {
    const code = await edition()
    const { items } = await house.operator.call('listEditions', {})
    const before = items.find((one) => one.code === code)
    const after = await house.operator.call('updateEdition', { code, ...patch } as Params<'updateEdition'>)
    expect(after).toEqual({ ...before, ...changed, version: 2 })
    expect((await house.operator.call('listEditions', {})).items).toContainEqual(after)
  })
})

test('what is so already makes no version, whatever version was named', async () => {
  const code = await edition()
  const same = { code, name: 'E', features: ['a'], graceDays: 2, ifVersion: 42 }
  expect(await house.operator.call('updateEdition', same)).toMatchObject({ version: 1 })
})

test('refusals, in order of precedence', async () => {
  const code = await edition()
  const refused = async (params: object) =>
    (await house.operator.refusal('updateEdition', { ...params })).data
  expect(await refused({ code: 'nothing', name: 'N', ifVersion: 9 })).toMatchObject({
    reason: 'edition_unknown',
    id: 'nothing',
  })
  expect(await refused({ code, name: 'N', ifVersion: 9 })).toMatchObject({
    reason: 'version_conflict',
    version: 1,
  })
  expect(await house.operator.call('updateEdition', { code, name: 'N', ifVersion: 1 })).toMatchObject({
    version: 2,
  })
})

test('licences and chains keep the version they were issued with', async () => {
  const code = await edition()
  const partner = await house.partner()
  await partner.call('createCustomer', { id: 'C', name: 'C' })
  const order = { customer: 'C', product: code, licenses: 1, duration: 'monthly' as const }
  const { licenseId } = await partner.call('createFirstOrder', { id: 'O', ...order })
  await partner.call('createLicense', { customer: 'C', edition: code, id: 'L' })
  await house.operator.call('updateEdition', { code, features: ['b'] })
  const kept = { editionVersion: 1, features: ['a'] }
  expect(await partner.call('getLicense', { id: 'L', product: 'oo' })).toMatchObject(kept)
  expect(await partner.call('getLicense', { licenseId: licenseId as string })).toMatchObject(kept)
  const later = await partner.call('createLicense', { customer: 'C', edition: code, id: 'L2' })
  expect(later).toMatchObject({ editionVersion: 2, features: ['b'] })
})

test('days of grace count at once, also for what runs out next', async () => {
  const code = await edition()
  const partner = await house.partner({ sandbox: true })
  await partner.call('createCustomer', { id: 'C', name: 'C' })
  await partner.call('createLicense', { customer: 'C', edition: code, id: 'L', validUntil: '2026-03-10' })
  await house.operator.call('updateEdition', { code, graceDays: 10 })
  await partner.call('setClock', { at: '2026-03-15' })
  expect(await partner.call('getLicense', { id: 'L', product: 'oo' })).toMatchObject({ state: 'grace' })
  await partner.call('setClock', { at: '2026-04-01' })
  expect(await eventTypes(partner, 2)).toEqual(['license.expired'])
  expect((await partner.events()).at(-1)).toMatchObject({ at: seconds('2026-03-21') })
})

describe('bad input', () => {
  test.each([
    ['the mode, which is fixed at birth', { provisioningMode: 'floating' }, ['provisioningMode']],
    ['the client type, which is too', { clientType: 'devices' }, ['clientType']],
    ['the product', { product: 'erp' }, ['product']],
    ['no name', { name: null }, ['name']],
    ['a window as long as a month', { windowDays: 28 }, ['windowDays']],
  ])('%s', async (_what, given, paths) => {
    expect(await issuePaths(house.operator, 'updateEdition', { code: 'oo-lite', ...given })).toEqual(paths)
  })
})
