/** `redeliver`: what it takes, and what it refuses. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestPartner } from '../../house.ts'
import { makeEvents, type OutboxHouse, openOutbox, Receiver, until } from '../../outbox/house.ts'

let house: OutboxHouse
let receiver: Receiver
let partner: TestPartner
let other: TestPartner

beforeAll(async () => {
  house = await openOutbox()
  receiver = await Receiver.open()
  partner = await house.partner()
  other = await house.partner()
})
afterAll(async () => {
  await receiver[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

const create = () => partner.call('createWebhookEndpoint', { url: receiver.url })

test('takes either a delivery or an endpoint with a position', async () => {
  const endpointId = randomUUID()
  for (const params of [{}, { endpointId }, { sinceSeq: 1 }, { deliveryId: endpointId, endpointId }])
    expect((await partner.refusal('redeliver', params)).data.reason).toBe('params_invalid')
})

test('refuses a delivery that is not there, or another partner’s, or whose endpoint is deleted', async () => {
  const { endpointId } = await create()
  await makeEvents(partner, 1)
  const { items } = await until(
    () => partner.call('listDeliveries', {}),
    (page) => page.items.length === 1,
  )
  const deliveryId = items[0]?.deliveryId as string
  expect(await other.refusal('redeliver', { deliveryId })).toMatchObject({
    code: 1013,
    data: { reason: 'delivery_unknown', id: deliveryId },
  })
  expect((await partner.refusal('redeliver', { deliveryId: randomUUID() })).data.reason).toBe(
    'delivery_unknown',
  )
  expect(await partner.call('redeliver', { deliveryId })).toEqual({ endpointId, accepted: true })
  await partner.call('deleteWebhookEndpoint', { endpointId })
  expect((await partner.refusal('redeliver', { deliveryId })).data.reason).toBe('endpoint_unknown')
})

test('refuses an endpoint that is not there, or another partner’s', async () => {
  const { endpointId } = await create()
  for (const [caller, id] of [
    [partner, randomUUID()],
    [other, endpointId],
  ] as const)
    expect((await caller.refusal('redeliver', { endpointId: id, sinceSeq: 1 })).data).toMatchObject({
      reason: 'endpoint_unknown',
      id,
    })
})
