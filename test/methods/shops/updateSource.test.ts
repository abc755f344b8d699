/** `updateSource`: what it changes, and what it refuses in which order. */
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

test('changes what is named and leaves the rest; the same again changes nothing', async () => {
  const source = await createSource(partner)
  const { sourceId } = source
  expect(await partner.call('updateSource', { sourceId })).toEqual({ ...source, changed: false })
  const renamed = await partner.call('updateSource', { sourceId, name: 'Other' })
  expect(renamed).toEqual({ ...source, name: 'Other', version: 2, changed: true })
  expect(await partner.call('updateSource', { sourceId, secret: 'new' })).toMatchObject({
    version: 3,
    changed: true,
  })
  expect(await partner.call('updateSource', { sourceId, secret: 'new' })).toMatchObject({
    version: 3,
    changed: false,
  })
  expect(JSON.stringify(await partner.call('listSources', {}))).not.toContain('new')
})

test('source_unknown goes before version_conflict', async () => {
  const { sourceId } = await createSource(partner)
  const nobody = randomUUID()
  expect(
    (await partner.refusal('updateSource', { sourceId: nobody, name: 'x', ifVersion: 9 })).data,
  ).toMatchObject({
    reason: 'source_unknown',
    id: nobody,
  })
  expect((await partner.refusal('updateSource', { sourceId, name: 'x', ifVersion: 9 })).data).toMatchObject({
    reason: 'version_conflict',
    version: 1,
  })
  await partner.call('deleteSource', { sourceId })
  expect((await partner.refusal('updateSource', { sourceId, name: 'x' })).data.reason).toBe('source_unknown')
})
