/** `deleteWebhookEndpoint`: once is enough, and afterwards nobody knows it. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestPartner } from '../../house.ts'
import { type OutboxHouse, openOutbox, Receiver } from '../../outbox/house.ts'

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

test('deletes once', async () => {
  const { endpointId } = await create()
  expect(await partner.call('deleteWebhookEndpoint', { endpointId })).toEqual({ endpointId, changed: true })
  expect(await partner.call('deleteWebhookEndpoint', { endpointId })).toEqual({ endpointId, changed: false })
  for (const method of ['updateWebhookEndpoint', 'rotateWebhookSecret'] as const)
    expect((await partner.refusal(method, { endpointId })).data.reason).toBe('endpoint_unknown')
  expect((await partner.call('listWebhookEndpoints', {})).items).toEqual([])
})

test('refuses one that is not there, or another partner’s', async () => {
  const { endpointId } = await create()
  const unknown = randomUUID()
  expect(await partner.refusal('deleteWebhookEndpoint', { endpointId: unknown })).toMatchObject({
    code: 1007,
    data: { reason: 'endpoint_unknown', id: unknown },
  })
  expect((await other.refusal('deleteWebhookEndpoint', { endpointId })).data.reason).toBe('endpoint_unknown')
})
