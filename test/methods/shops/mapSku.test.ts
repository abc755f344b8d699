/** `mapSku` and `listSkus`: which edition a shop sells under which name. */
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

test('maps, maps anew, and tells whether that changed anything', async () => {
  const map = (edition: string) => partner.call('mapSku', { sourceId, sku: 'price_1', edition })
  expect(await map('oo-lite')).toEqual({ sourceId, sku: 'price_1', edition: 'oo-lite', changed: true })
  expect(await map('oo-lite')).toMatchObject({ changed: false })
  expect(await map('oo-std')).toMatchObject({ edition: 'oo-std', changed: true })
  expect((await partner.call('listSkus', {})).items).toEqual([
    { sourceId, sku: 'price_1', edition: 'oo-std' },
  ])
})

test('source_unknown goes before edition_unknown', async () => {
  const nobody = randomUUID()
  const given = { sku: 'x', edition: 'none' }
  expect((await partner.refusal('mapSku', { ...given, sourceId: nobody })).data).toMatchObject({
    reason: 'source_unknown',
    id: nobody,
  })
  expect((await partner.refusal('mapSku', { ...given, sourceId })).data).toMatchObject({
    reason: 'edition_unknown',
    id: 'none',
  })
})

test('lists page by page, names of any script and length', async () => {
  const other = await createSource(partner, 'Another')
  const names = ['a b', 'ü', '😀'.repeat(255), 'z/y?x', '用户']
  for (const sku of names) await partner.call('mapSku', { sourceId: other.sourceId, sku, edition: 'oo-lite' })
  const listed: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = { sourceId: other.sourceId, limit: 1, ...(cursor ? { cursor } : {}) }
    const { items, next } = await partner.call('listSkus', page)
    listed.push(...items.map(({ sku }) => sku))
    if (next === null) break
    cursor = next
  }
  expect(listed.toSorted()).toEqual(names.toSorted())
})
