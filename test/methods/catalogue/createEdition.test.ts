/** `createEdition`: a sellable configuration; mode and client type are fixed at birth. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../../house.ts'
import { issuePaths, opening, reasons } from '../licenses/stage.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ now: opening })
  await house.operator.call('createProduct', { code: 'cad', name: 'CAD' })
})
afterAll(() => house.close())

const plain = { code: 'cad-plain', product: 'cad', name: 'CAD Plain' }

test('what is not said', async () => {
  const edition = await house.operator.call('createEdition', plain)
  expect(edition).toEqual({
    ...plain,
    provisioningMode: 'named',
    clientType: 'users',
    features: [],
    limitations: {},
    variables: {},
    windowDays: null,
    graceDays: null,
    renewable: true,
    version: 1,
    createdAt: seconds(opening),
  })
  const partner = await house.partner()
  expect((await partner.call('listEditions', { product: 'cad' })).items).toEqual([edition])
})

test('everything said, sold at once', async () => {
  const params = {
    code: 'cad-all',
    product: 'cad',
    name: 'CAD All',
    provisioningMode: 'floating' as const,
    clientType: 'devices' as const,
    features: ['b', 'a'],
    limitations: { files: 0 },
    variables: { region: '' },
    windowDays: 3,
    graceDays: 5,
    renewable: false,
  }
  expect(await house.operator.call('createEdition', params)).toMatchObject(params)
  const partner = await house.partner()
  await partner.call('createCustomer', { id: 'C', name: 'C' })
  const order = { customer: 'C', id: 'O', product: 'cad-all', licenses: 1, duration: 'monthly' as const }
  const { termEnd, renewableFrom, licenseId } = await partner.call('createFirstOrder', order)
  expect(renewableFrom).toBe(termEnd - 3 * 86_400)
  const license = await partner.call('getLicense', { licenseId: licenseId as string })
  expect(license).toMatchObject({ features: ['b', 'a'], validUntil: termEnd + 5 * 86_400 })
})

test('refusals, in order of precedence, and repeats', async () => {
  const params = { ...plain, code: 'cad-again', name: 'Again' }
  const replies = await house.operator.batch([
    { method: 'createEdition', params },
    { method: 'createEdition', params },
    { method: 'createEdition', params: { ...params, product: 'nothing' } },
    { method: 'createEdition', params: { ...params, code: 'new', product: 'nothing' } },
    { method: 'createProduct', params: { code: 'nothing', name: 'Something' } },
    { method: 'createEdition', params: { ...params, code: 'new', product: 'nothing' } },
    { method: 'createEdition', params: { ...params, code: 'oo-lite', product: 'oo' } },
  ])
  const told = ['ok', 'ok', 'edition_exists', 'product_unknown', 'ok', 'ok', 'edition_exists']
  expect(reasons(replies)).toEqual(told)
  expect(replies[1]?.result).toEqual(replies[0]?.result)
  expect(replies[2]?.error?.data).toMatchObject({ id: 'cad-again', differs: ['product'] })
  expect(replies[3]?.error?.data).toMatchObject({ id: 'nothing' })
})

describe('bad input', () => {
  test.each([
    ['an unknown mode', { provisioningMode: 'site' }, ['provisioningMode']],
    ['an unknown client type', { clientType: 'robots' }, ['clientType']],
    ['a window as long as a month', { windowDays: 28 }, ['windowDays']],
    ['grace below nothing', { graceDays: -1 }, ['graceDays']],
    ['a limitation that is no integer', { limitations: { files: 0.5 } }, ['limitations.files']],
    ['10,000 features', { features: Array.from({ length: 10_000 }, (_, n) => `f${n}`) }, ['features']],
    [
      '10,000 limitations',
      { limitations: Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`l${n}`, 1])) },
      ['limitations'],
    ],
  ])('%s', async (_what, given, paths) => {
    expect(await issuePaths(house.operator, 'createEdition', { ...plain, ...given })).toEqual(paths)
  })
})
