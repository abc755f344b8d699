/** `createWebhookEndpoint`: what it takes, gives and refuses. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TestPartner } from '../../house.ts'
import { type OutboxHouse, openOutbox, Receiver } from '../../outbox/house.ts'

let house: OutboxHouse
let receiver: Receiver
let partner: TestPartner

beforeAll(async () => {
  house = await openOutbox()
  receiver = await Receiver.open()
  partner = await house.partner()
})
afterAll(async () => {
  await receiver[Symbol.asyncDispose]()
  await house[Symbol.asyncDispose]()
})

const create = (more: { types?: ['order.created'] } = {}) =>
  partner.call('createWebhookEndpoint', { url: receiver.url, ...more })

test('answers the endpoint with its secret, and tells the secret nowhere else', async () => {
  const { secret, ...endpoint } = await create({ types: ['order.created'] })
  expect(endpoint).toMatchObject({
    url: receiver.url,
    types: ['order.created'],
    isActive: true,
    disabledAt: null,
    disabledReason: null,
    version: 1,
  })
  const { items } = await partner.call('listWebhookEndpoints', {})
  expect(items.find(({ endpointId }) => endpointId === endpoint.endpointId)).toMatchObject(endpoint)
  expect(JSON.stringify(items)).not.toContain(secret)
})

test('is carried out once under an idempotency key', async () => {
  const headers = { 'idempotency-key': 'once' }
  const first = await partner.call('createWebhookEndpoint', { url: receiver.url }, headers)
  expect(await partner.call('createWebhookEndpoint', { url: receiver.url }, headers)).toEqual(first)
})

test.each([
  [{ url: 'https://x', types: [] }, 'types'],
  [{ url: 'https://x', types: ['order.unheard'] }, 'types.0'],
  [{}, 'url'],
  [{ url: 5 }, 'url'],
  [{ url: `https://example.com/${'x'.repeat(2_000)}` }, 'url'],
])('refuses %j at %s', async (params, path) => {
  const { data } = await partner.refusal('createWebhookEndpoint', params)
  expect(data).toMatchObject({ reason: 'params_invalid', issues: [{ path }] })
})

test('a partner has at most fifty', async () => {
  const many = await house.partner()
  const calls = Array.from({ length: 51 }, () => ({
    method: 'createWebhookEndpoint',
    params: { url: receiver.url },
  }))
  const replies = await many.batch(calls)
  expect(replies.filter(({ error }) => error).map(({ error }) => error?.data.reason)).toEqual([
    'params_invalid',
  ])
})
