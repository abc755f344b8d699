/** `updateWebhookEndpoint`: what it changes, and what it refuses in which order. */
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

const create = (more: { types?: ['order.created'] } = {}) =>
  partner.call('createWebhookEndpoint', { url: receiver.url, ...more })

test('changes what is named and leaves the rest', async () => {
  const { secret: _, ...endpoint } = await create({ types: ['order.created'] })
  const { endpointId } = endpoint
  expect(await partner.call('updateWebhookEndpoint', { endpointId })).toEqual({
    ...endpoint,
    changed: false,
  })
  const moved = await partner.call('updateWebhookEndpoint', { endpointId, url: `${receiver.url}?2` })
  expect(moved).toMatchObject({
    url: `${receiver.url}?2`,
    types: ['order.created'],
    version: 2,
    changed: true,
  })
  expect(await partner.call('updateWebhookEndpoint', { endpointId, types: null })).toMatchObject({
    types: null,
  })
  const off = await partner.call('updateWebhookEndpoint', { endpointId, isActive: false })
  expect(off).toMatchObject({ isActive: false, disabledReason: 'switched_off', changed: true })
  expect((await partner.events()).at(-1)).toMatchObject({
    type: 'endpoint.disabled',
    object: { kind: 'endpoint', id: endpointId, version: off.version },
  })
  expect(await partner.call('updateWebhookEndpoint', { endpointId, isActive: false })).toMatchObject({
    changed: false,
  })
  expect(await partner.call('updateWebhookEndpoint', { endpointId, isActive: true })).toMatchObject({
    isActive: true,
    disabledReason: null,
  })
})

test('refuses a stale version after an unknown endpoint', async () => {
  const { endpointId } = await create()
  expect(await partner.refusal('updateWebhookEndpoint', { endpointId, ifVersion: 2 })).toMatchObject({
    data: { reason: 'version_conflict', version: 1 },
  })
  const unknown = randomUUID()
  expect(await partner.refusal('updateWebhookEndpoint', { endpointId: unknown, ifVersion: 2 })).toMatchObject(
    {
      code: 1007,
      data: { reason: 'endpoint_unknown', id: unknown },
    },
  )
})

test('refuses an address that may not be called', async () => {
  const { endpointId } = await create()
  expect(
    (await partner.refusal('updateWebhookEndpoint', { endpointId, url: 'https://10.0.0.1/' })).data.issues,
  ).toEqual([{ path: 'url', message: 'must lead to a public address' }])
})

test('does not know the endpoint of another partner', async () => {
  const { endpointId } = await create()
  expect((await other.refusal('updateWebhookEndpoint', { endpointId })).data.reason).toBe('endpoint_unknown')
})
