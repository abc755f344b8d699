/** The methods around webhook endpoints together: whose things they show, and to whom they listen. */
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

test('each partner lists its own, page by page', async () => {
  await create()
  await create()
  await makeEvents(partner, 1)
  const list = () => partner.call('listDeliveries', { limit: 1 })
  const { items, next } = await until(list, (page) => page.items.length === 1 && page.next !== null)
  const second = await partner.call('listDeliveries', { limit: 1, cursor: next as string })
  expect(second.items[0]?.deliveryId).not.toBe(items[0]?.deliveryId)
  const endpoints = await partner.call('listWebhookEndpoints', { limit: 1 })
  const others = await partner.call('listWebhookEndpoints', { limit: 1, cursor: endpoints.next as string })
  expect(others.items[0]?.endpointId).not.toBe(endpoints.items[0]?.endpointId)
  expect((await other.call('listDeliveries', {})).items).toEqual([])
  expect((await other.call('listWebhookEndpoints', {})).items).toEqual([])
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
