/** `deleteSource`: once is enough, and afterwards nobody knows it. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../../house.ts'
import { createSource } from './stage.ts'

let house: House
let partner: TestPartner
beforeAll(async () => {
  house = await openHouse()
  partner = await house.partner()
})
afterAll(() => house.close())

test('deletes once, and forgets the secret', async () => {
  const { sourceId } = await createSource(partner)
  await partner.call('mapSku', { sourceId, sku: 'a', edition: 'oo-lite' })
  expect(await partner.call('deleteSource', { sourceId })).toEqual({ sourceId, changed: true })
  expect(await partner.call('deleteSource', { sourceId })).toEqual({ sourceId, changed: false })
  expect((await partner.call('listSources', {})).items).toEqual([])
  expect((await partner.call('listSkus', {})).items).toEqual([])
  expect((await partner.refusal('replayInbox', { sourceId })).data.reason).toBe('source_unknown')
  expect(await house.sql('select secret from shop_source where source_id = $1', [sourceId])).toEqual([
    { secret: null },
  ])
})

test('refuses one that is not there with source_unknown', async () => {
  const id = randomUUID()
  expect(await partner.refusal('deleteSource', { sourceId: id })).toMatchObject({
    code: 1010,
    data: { reason: 'source_unknown', id },
  })
})
