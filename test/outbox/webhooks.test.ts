/** Webhooks: every event reaches every endpoint that wants it, signed, at least once, whatever the receiver does. */
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import type { TestPartner } from '../house.ts'
import { good, makeEvents, openOutbox, Receiver, until } from './house.ts'

const settled = (
  partner: TestPartner,
  count: number,
  state: 'delivered' | 'failed' | 'pending' = 'delivered',
) =>
  until(
    async () => (await partner.call('listDeliveries', { state, limit: 500 })).items,
    (items) => items.length >= count,
  )

describe.concurrent('delivery', () => {
  test('sends what happens from now on, signed, as the feed tells it', async () => {
    await using house = await openOutbox()
    await using receiver = await Receiver.open()
    const partner = await house.partner()
    await partner.call('createCustomer', { id: 'before', name: 'Before' })
    const { secret, ...endpoint } = await partner.call('createWebhookEndpoint', { url: receiver.url })
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    await partner.call('createCustomer', { id: 'C', name: 'C' })
    const [arrival] = await until(
      () => receiver.arrivals,
      (arrivals) => arrivals.length === 1,
    )
    const { headers, body } = arrival as NonNullable<typeof arrival>
    const { events } = await partner.call('listEvents', { after: 1 })
    expect(new Webhook(secret).verify(body, headers)).toEqual({
      type: 'customer.created',
      timestamp: new Date((events[0]?.at ?? 0) * 1000).toISOString(),
      data: events[0],
    })
    expect(headers['webhook-id']).toBe(events[0]?.id)
    expect(headers['content-type']).toBe('application/json')
    const [delivery] = await settled(partner, 1)
    expect(delivery).toMatchObject({
      endpointId: endpoint.endpointId,
      seq: 2,
      eventId: events[0]?.id,
      state: 'delivered',
      attempts: 1,
      status: 204,
      nextAttemptAt: null,
      problem: null,
    })
    expect(await partner.call('listWebhookEndpoints', {})).toEqual({
      items: [{ ...endpoint, deliveredThrough: 2, failingSince: null }],
      next: null,
    })
    expect(house.troubles).toEqual([])
  })

  test('sends only the types that are wanted', async () => {
    await using house = await openOutbox()
    await using receiver = await Receiver.open()
    const partner = await house.partner()
    await partner.call('createWebhookEndpoint', { url: receiver.url, types: ['customer.renamed'] })
    await makeEvents(partner, 5)
    await partner.call('renameCustomer', { id: 'C0', newId: 'D' })
    await until(
      () => receiver.seqs,
      (seqs) => seqs.length > 0,
    )
    expect(receiver.arrivals.map(({ event }) => event.type)).toEqual(['customer.renamed'])
  })

  test('tries again with the same id and a new time until it is taken', async () => {
    await using house = await openOutbox()
    await using receiver = await Receiver.open((_arrival, response, count) => {
      if (count < 4) response.writeHead(500).end('not \0 now')
      else response.writeHead(200).end('fine')
    })
    const partner = await house.partner()
    await partner.call('createWebhookEndpoint', { url: receiver.url })
    await makeEvents(partner, 1)
    const [delivery] = await settled(partner, 1)
    expect(delivery).toMatchObject({ attempts: 4, status: 200, answer: 'fine' })
    expect(new Set(receiver.arrivals.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  })

  test('gives up after the last attempt; one delivery, or all from a position, can be had again', async () => {
    await using house = await openOutbox({ retrySchedule: [0, 0.05, 0.05] })
    await using receiver = await Receiver.open(
      (_arrival, response) => void response.writeHead(503).end('closed'),
    )
    const partner = await house.partner()
    const { endpointId } = await partner.call('createWebhookEndpoint', { url: receiver.url })
    await makeEvents(partner, 3)
    const failed = await settled(partner, 3, 'failed')
    expect(failed[0]).toMatchObject({ attempts: 3, status: 503, answer: 'closed', problem: 'answered 503' })
    receiver.behaviour = good
    await partner.call('redeliver', { deliveryId: failed[2]?.deliveryId as string })
    const [again] = await settled(partner, 1)
    expect(again).toMatchObject({ seq: 1, attempts: 4, deliveryId: failed[2]?.deliveryId })
    receiver.arrivals.length = 0
    await partner.call('redeliver', { endpointId, sinceSeq: 2 })
    await settled(partner, 3)
    expect([...receiver.seqs].sort()).toEqual([2, 3])
  })

  test('waits as long as the receiver asks', async () => {
    await using house = await openOutbox()
    await using receiver = await Receiver.open((arrival, response, count) =>
      count === 1
        ? void response.writeHead(429, { 'retry-after': '2' }).end()
        : good(arrival, response, count),
    )
    const partner = await house.partner()
    await partner.call('createWebhookEndpoint', { url: receiver.url })
    await makeEvents(partner, 1)
    await until(
      () => receiver.arrivals,
      (arrivals) => arrivals.length === 2,
    )
    const [first, second] = receiver.arrivals
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1_900)
  })

  test('follows no redirect', async () => {
    await using house = await openOutbox({ retrySchedule: [0] })
    await using target = await Receiver.open()
    await using receiver = await Receiver.open(
      (_arrival, response) => void response.writeHead(307, { location: target.url }).end(),
    )
    const partner = await house.partner()
    await partner.call('createWebhookEndpoint', { url: receiver.url })
    await makeEvents(partner, 1)
    expect(await settled(partner, 1, 'failed')).toMatchObject([{ status: 307 }])
    expect(target.arrivals).toHaveLength(0)
  })

  test('keeps 2 KB of an answer and cuts off a long one', async () => {
    await using house = await openOutbox()
    await using receiver = await Receiver.open((_arrival, response) => {
      response.on('error', () => {})
      response.writeHead(200)
      response.end(Buffer.alloc(10_000_000, 'x'))
    })
    const partner = await house.partner()
    await partner.call('createWebhookEndpoint', { url: receiver.url })
    await makeEvents(partner, 1)
    const [delivery] = await settled(partner, 1)
    expect(delivery?.answer).toBe('x'.repeat(2_048))
  })

  test('an endpoint that hangs does not delay another', async () => {
    await using house = await openOutbox()
    await using hanging = await Receiver.open(() => {})
    await using receiver = await Receiver.open()
    const partner = await house.partner()
    for (let count = 0; count < 3; count++)
      await partner.call('createWebhookEndpoint', { url: `${hanging.url}?${count}` })
    await partner.call('createWebhookEndpoint', { url: receiver.url })
    const began = performance.now()
    await makeEvents(partner, 500)
    await until(
      () => new Set(receiver.seqs).size,
      (size) => size === 500,
    )
    expect(performance.now() - began).toBeLessThan(6_000)
    expect(hanging.arrivals.length).toBeGreaterThan(0)
  })
})

describe.concurrent('endpoints that are to stop', () => {
  test('410 disables, with an event; switched on again it goes on where it stopped', async () => {
    await using house = await openOutbox()
    await using receiver = await Receiver.open((_arrival, response) => void response.writeHead(410).end())
    const partner = await house.partner()
    const { endpointId } = await partner.call('createWebhookEndpoint', { url: receiver.url })
    await makeEvents(partner, 1)
    const events = await until(
      () => partner.events(),
      (all) => all.some(({ type }) => type === 'endpoint.disabled'),
    )
    expect(events.at(-1)).toMatchObject({
      object: { kind: 'endpoint', id: endpointId, version: 2 },
      data: { endpointId, isActive: false, disabledReason: 'gone' },
    })
    expect(JSON.stringify(events)).not.toContain('whsec_')
    receiver.behaviour = good
    receiver.arrivals.length = 0
    await makeEvents(partner, 2, 'D')
    await partner.call('updateWebhookEndpoint', { endpointId, isActive: true })
    await until(
      () => [...new Set(receiver.seqs)].sort(),
      (seqs) => seqs.length === 3,
    )
    expect([...new Set(receiver.seqs)].sort()).toEqual([2, 3, 4])
  })

  test('one that has failed for five days is disabled', async () => {
    await using house = await openOutbox()
    await using receiver = await Receiver.open((_arrival, response) => void response.writeHead(500).end())
    const partner = await house.partner()
    const { endpointId } = await partner.call('createWebhookEndpoint', { url: receiver.url })
    await makeEvents(partner, 1)
    await until(
      () => partner.call('listWebhookEndpoints', {}),
      ({ items }) => items[0]?.failingSince !== null,
    )
    house.clock.ahead = 5 * 86_400 + 1
    await makeEvents(partner, 1, 'D')
    await until(
      () => partner.call('listWebhookEndpoints', {}),
      ({ items }) => items[0]?.disabledReason === 'failing',
    )
    expect((await partner.events()).at(-1)).toMatchObject({
      type: 'endpoint.disabled',
      object: { id: endpointId },
    })
    // Switched on again it can be sent everything from any position.
    receiver.behaviour = good
    receiver.arrivals.length = 0
    await partner.call('updateWebhookEndpoint', { endpointId, isActive: true })
    await partner.call('redeliver', { endpointId, sinceSeq: 1 })
    await until(
      () => [...new Set(receiver.seqs)].toSorted(),
      (seqs) => seqs.length === 3,
    )
    expect([...new Set(receiver.seqs)].toSorted()).toEqual([1, 2, 3])
  })

  test('a deleted one is sent nothing more', async () => {
    await using house = await openOutbox()
    await using receiver = await Receiver.open()
    await using other = await Receiver.open()
    const partner = await house.partner()
    const { endpointId } = await partner.call('createWebhookEndpoint', { url: receiver.url })
    await partner.call('createWebhookEndpoint', { url: other.url })
    expect(await partner.call('deleteWebhookEndpoint', { endpointId })).toEqual({ endpointId, changed: true })
    await makeEvents(partner, 1)
    await until(
      () => other.seqs,
      (seqs) => seqs.length === 1,
    )
    expect(receiver.arrivals).toHaveLength(0)
    expect(
      await house.sql('select secret from webhook_endpoint where endpoint_id = $1', [endpointId]),
    ).toEqual([{ secret: null }])
  })
})

test('after a rotation both secrets sign for a day', async () => {
  await using house = await openOutbox()
  await using receiver = await Receiver.open()
  const partner = await house.partner()
  const { endpointId, secret: old } = await partner.call('createWebhookEndpoint', { url: receiver.url })
  const { secret, previousUntil } = await partner.call('rotateWebhookSecret', { endpointId })
  expect(previousUntil - house.clock.now()).toBeGreaterThan(86_400 - 10)
  await makeEvents(partner, 1)
  const [first] = await until(
    () => receiver.arrivals,
    (arrivals) => arrivals.length === 1,
  )
  for (const each of [old, secret]) new Webhook(each).verify(first?.body as string, first?.headers ?? {})
  house.clock.ahead = 86_401
  await makeEvents(partner, 1, 'D')
  const [, second] = await until(
    () => receiver.arrivals,
    (arrivals) => arrivals.length === 2,
  )
  expect(second?.headers['webhook-signature']?.split(' ')).toHaveLength(1)
})
