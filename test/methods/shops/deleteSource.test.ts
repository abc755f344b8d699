/** `deleteSource`: once is enough, and afterwards nobody knows it. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type TestPartner } from '../../house.ts'
import { event, stripeId, subscription } from '../../inbox/fixtures/stripe.ts'
import { openShop } from '../../inbox/shop.ts'
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

test('what it had sent is still seen to, also where no other source is left and the server is a new one', async () => {
  const shop = await openShop(house, 'stripe')
  await shop.tell(
    event('customer.subscription.created', subscription(stripeId('sub'), 'cus_1'), house.clock.now()),
  )
  const [item] = await shop.inbox('parked')
  await shop.partner.call('deleteSource', { sourceId: shop.sourceId })
  await house.sql('update shop_source set secret = null, deleted_at = now() where deleted_at is null')
  await house.restart(0)
  const inboxId = item?.inboxId as string
  expect(await shop.partner.call('replayInbox', { inboxId })).toMatchObject({ accepted: true })
  await shop.left('ignored', 1)
})
