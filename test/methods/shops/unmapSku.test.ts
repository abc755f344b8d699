/** `unmapSku`: a name that is mapped no longer. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../../house.ts'
import { createSource } from './stage.ts'

let house: House
let partner: TestPartner
let sourceId: string
beforeAll(async () => {
  house = await openHouse()
  partner = await house.partner()
  sourceId = (await createSource(partner)).sourceId
})
afterAll(() => house.close())

test('unmaps once; the name may be mapped again', async () => {
  const map = () => partner.call('mapSku', { sourceId, sku: 'a', edition: 'oo-lite' })
  await map()
  expect(await partner.call('unmapSku', { sourceId, sku: 'a' })).toEqual({
    sourceId,
    sku: 'a',
    changed: true,
  })
  expect(await partner.call('unmapSku', { sourceId, sku: 'a' })).toEqual({
    sourceId,
    sku: 'a',
    changed: false,
  })
  expect((await partner.call('listSkus', {})).items).toEqual([])
  expect(await map()).toMatchObject({ changed: true })
})

test('source_unknown goes before sku_unknown', async () => {
  const nobody = randomUUID()
  expect((await partner.refusal('unmapSku', { sourceId: nobody, sku: 'never' })).data.reason).toBe(
    'source_unknown',
  )
  expect(await partner.refusal('unmapSku', { sourceId, sku: 'never' })).toMatchObject({
    code: 1011,
    data: { reason: 'sku_unknown', id: 'never' },
  })
})
