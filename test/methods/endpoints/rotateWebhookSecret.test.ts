/** `rotateWebhookSecret`: a new secret, once under an idempotency key. */
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

test('gives a new secret and a day to change over', async () => {
  const { endpointId, secret } = await create()
  const rotated = await partner.call('rotateWebhookSecret', { endpointId })
  expect(rotated).toMatchObject({ endpointId, version: 2 })
  expect(rotated.secret).not.toBe(secret)
  expect(rotated.previousUntil - rotated.updatedAt).toBe(86_400)
})

test('rotates once under an idempotency key', async () => {
  const { endpointId } = await create()
  const headers = { 'idempotency-key': 'rotation' }
  const first = await partner.call('rotateWebhookSecret', { endpointId }, headers)
  expect(await partner.call('rotateWebhookSecret', { endpointId }, headers)).toEqual(first)
})

test('refuses an endpoint that is not there, or another partner’s', async () => {
  const { endpointId } = await create()
  for (const [caller, id] of [
    [partner, randomUUID()],
    [other, endpointId],
  ] as const)
    expect((await caller.refusal('rotateWebhookSecret', { endpointId: id })).data).toMatchObject({
      reason: 'endpoint_unknown',
      id,
    })
})
