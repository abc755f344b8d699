/** The methods around webhook endpoints: what they take, give and refuse, and to whom. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

const create = (more: { types?: ['order.created'] } = {}) =>
  partner.call('createWebhookEndpoint', { url: receiver.url, ...more })

describe('createWebhookEndpoint', () => {
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

  test('is carried out once under an idempotency key, also when its name no longer leads anywhere allowed', async () => {
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
})

describe('updateWebhookEndpoint', () => {
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
    expect(
      await partner.refusal('updateWebhookEndpoint', { endpointId: unknown, ifVersion: 2 }),
    ).toMatchObject({
      code: 1007,
      data: { reason: 'endpoint_unknown', id: unknown },
    })
  })

  test('refuses an address that may not be called', async () => {
    const { endpointId } = await create()
    expect(
      (await partner.refusal('updateWebhookEndpoint', { endpointId, url: 'https://10.0.0.1/' })).data.issues,
    ).toEqual([{ path: 'url', message: 'must lead to a public address' }])
  })
})

describe('what is not there, or belongs to another partner', () => {
  test('endpoints', async () => {
    const { endpointId } = await create()
    for (const method of ['updateWebhookEndpoint', 'deleteWebhookEndpoint', 'rotateWebhookSecret'] as const)
      expect((await other.refusal(method, { endpointId })).data).toMatchObject({
        reason: 'endpoint_unknown',
        id: endpointId,
      })
    expect((await other.refusal('redeliver', { endpointId, sinceSeq: 1 })).data.reason).toBe(
      'endpoint_unknown',
    )
    expect((await other.call('listWebhookEndpoints', {})).items).toEqual([])
  })

  test('deleted endpoints', async () => {
    const { endpointId } = await create()
    await partner.call('deleteWebhookEndpoint', { endpointId })
    expect(await partner.call('deleteWebhookEndpoint', { endpointId })).toEqual({
      endpointId,
      changed: false,
    })
    for (const method of ['updateWebhookEndpoint', 'rotateWebhookSecret'] as const)
      expect((await partner.refusal(method, { endpointId })).data.reason).toBe('endpoint_unknown')
  })

  test('deliveries', async () => {
    await create()
    await makeEvents(partner, 1)
    const list = () => partner.call('listDeliveries', { limit: 1 })
    const { items, next } = await until(list, (page) => page.items.length === 1 && page.next !== null)
    const deliveryId = items[0]?.deliveryId as string
    expect((await other.refusal('redeliver', { deliveryId })).data).toMatchObject({
      reason: 'delivery_unknown',
      id: deliveryId,
    })
    expect((await other.call('listDeliveries', {})).items).toEqual([])
    const second = await partner.call('listDeliveries', { limit: 1, cursor: next as string })
    expect(second.items[0]?.deliveryId).not.toBe(deliveryId)
  })
})

test('redeliver takes either a delivery or an endpoint with a position', async () => {
  const endpointId = randomUUID()
  for (const params of [{}, { endpointId }, { sinceSeq: 1 }, { deliveryId: endpointId, endpointId }])
    expect((await partner.refusal('redeliver', params)).data.reason).toBe('params_invalid')
})

test('calls that do more when sent twice are not taken by GET', async () => {
  const { endpointId } = await create()
  const { request } = await import('node:http')
  for (const [method, params] of [
    ['rotateWebhookSecret', { endpointId }],
    ['redeliver', { endpointId, sinceSeq: 1 }],
    ['createWebhookEndpoint', { url: receiver.url }],
  ] as const) {
    const body = JSON.stringify({ method, params })
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const sent = request(
        `${partner.url}/rpc`,
        {
          method: 'GET',
          headers: {
            'x-api-key': partner.key,
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          },
        },
        (response) => {
          response.resume()
          resolve(response.statusCode)
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
    expect([method, status]).toEqual([method, 405])
  }
})

test('needs the scope admin', async () => {
  const { key } = await partner.call('createApiKey', {
    name: 'lesser',
    scopes: ['orders', 'licenses', 'read'],
  })
  const { TestPartner } = await import('../../house.ts')
  const lesser = new TestPartner(partner.url, key, partner.number)
  const id = randomUUID()
  const refused = [
    await lesser.refusal('createWebhookEndpoint', { url: receiver.url }),
    await lesser.refusal('updateWebhookEndpoint', { endpointId: id }),
    await lesser.refusal('deleteWebhookEndpoint', { endpointId: id }),
    await lesser.refusal('rotateWebhookSecret', { endpointId: id }),
    await lesser.refusal('listWebhookEndpoints', {}),
    await lesser.refusal('listDeliveries', {}),
    await lesser.refusal('redeliver', { deliveryId: id }),
  ]
  expect(refused.map(({ data }) => data.reason)).toEqual(Array.from({ length: 7 }, () => 'forbidden'))
})
