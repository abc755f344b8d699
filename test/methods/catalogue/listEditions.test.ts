/** `listEditions`: the sellable configurations, each as it is sold now. */
import { expect, test } from 'vitest'
import { openHouse } from '../../house.ts'

test('the six that are there from the start, and those of one product', async () => {
  await using house = await openHouse()
  const partner = await house.partner()
  const codes = async (params: { product?: string }) =>
    (await partner.call('listEditions', params)).items.map(
      ({ code, product, version }) => `${product} ${code} ${version}`,
    )
  const erp = ['erp erp-admin 1', 'erp erp-lim 1', 'erp erp-std 1']
  const oo = ['oo oo-ent 1', 'oo oo-lite 1', 'oo oo-std 1']
  expect(await codes({})).toEqual([...erp, ...oo])
  expect(await codes({ product: 'oo' })).toEqual(oo)
  expect(await codes({ product: 'nothing' })).toEqual([])
  expect((await partner.call('listEditions', { product: 'oo' })).items[1]).toMatchObject({
    provisioningMode: 'named',
    clientType: 'users',
    features: [],
    limitations: {},
    variables: {},
    windowDays: null,
    graceDays: null,
    renewable: true,
  })
})
