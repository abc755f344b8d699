/** `createProduct`: something to sell editions of, shared by all partners. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../../house.ts'
import { issuePaths, opening, reasons } from '../licenses/stage.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ now: opening })
})
afterAll(() => house.close())

test('is there for every partner, once', async () => {
  const params = { code: 'cad', name: 'CAD' }
  const product = { ...params, createdAt: seconds(opening) }
  expect(await house.operator.call('createProduct', params)).toEqual(product)
  house.clock.advance({ days: 1 })
  const again = await house.operator.post({ method: 'createProduct', params })
  expect([again.headers.get('x-replayed'), again.json]).toEqual(['1', product])
  const partner = await house.partner()
  expect((await partner.call('listProducts', {})).items).toContainEqual(product)
})

test('product_exists: the code is taken by another request, or from the beginning', async () => {
  const replies = await house.operator.batch([
    { method: 'createProduct', params: { code: 'cam', name: 'CAM' } },
    { method: 'createProduct', params: { code: 'cam', name: 'Another' } },
    { method: 'createProduct', params: { code: 'oo', name: 'OneOffice' } },
  ])
  expect(reasons(replies)).toEqual(['ok', 'product_exists', 'product_exists'])
  expect(replies[1]?.error?.data).toMatchObject({ id: 'cam', differs: ['name'] })
})

test('is the operator’s alone', async () => {
  const partner = await house.partner()
  for (const method of ['createProduct', 'createEdition', 'updateEdition'] as const) {
    const params = { code: 'x', name: 'X', product: 'oo' }
    expect((await partner.refusal(method, params)).data).toMatchObject({
      reason: 'forbidden',
      scope: 'operator',
    })
    const caller = await house.withScopes(house.operator, ['admin', 'orders', 'licenses'])
    expect((await caller.refusal(method, params)).data.reason).toBe('forbidden')
  }
})

test('bad input, all of it at once', async () => {
  const paths = await issuePaths(house.operator, 'createProduct', { code: '', price: 1 })
  expect(paths.sort()).toEqual(['code', 'name', 'price'])
})
