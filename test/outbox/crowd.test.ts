/** More receivers that hang than one server has hands: whoever answers is served all the same, and nothing is lost. */
import { describe, expect, test } from 'vitest'
import { lineOpener } from '../../src/outbox/post.ts'
import { Targets } from '../../src/outbox/targets.ts'
import { good, makeEvents, openOutbox, Receiver, until } from './house.ts'

/** Receivers are given some seconds less than usual, so that a test can wait until every hand has been burnt once. */
const openLine = lineOpener(new Targets(['127.0.0.0/8']), 3_000)
const retrySchedule = Array.from({ length: 400 }, () => 0.5)

describe.concurrent('receivers that let their time run out', () => {
  test('do not delay one that answers, though they are more than there are hands', {
    timeout: 75_000,
  }, async () => {
    await using house = await openOutbox({ openLine, retrySchedule, webhookJobsAtOnce: 8 })
    await using hanging = await Receiver.open(() => {})
    await using receiver = await Receiver.open()
    const partner = await house.partner()
    const create = (index: number) =>
      partner.call('createWebhookEndpoint', { url: `${hanging.url}?${index}` })
    await Promise.all(Array.from({ length: 8 }, (_, index) => create(index)))
    await makeEvents(partner, 250)
    // Each of eight jobs has had eight webhooks under way, and those that came after them, too.
    await until(
      () => hanging.arrivals.length,
      (count) => count >= 100,
      20_000,
    )
    const other = await house.partner()
    await other.call('createWebhookEndpoint', { url: receiver.url })
    for (let round = 1; round <= 3; round++) {
      const began = performance.now()
      await makeEvents(other, 10, `${round}-`)
      await until(
        () => new Set(receiver.seqs).size,
        (size) => size === round * 10,
        15_000,
      )
      // A job that went on to its hundredth event would take 39 s, and every hand would be at one.
      expect(performance.now() - began).toBeLessThan(15_000)
    }
  })

  test('are sent what was left for later once they answer again', { timeout: 90_000 }, async () => {
    await using house = await openOutbox({ openLine, retrySchedule })
    await using receiver = await Receiver.open(() => {})
    const partner = await house.partner()
    const { endpointId } = await partner.call('createWebhookEndpoint', { url: receiver.url })
    await makeEvents(partner, 250)
    await until(
      () => receiver.arrivals.length,
      (count) => count >= 16,
      20_000,
    )
    const tried = await until(
      async () => (await partner.call('listDeliveries', { endpointId, limit: 500 })).items,
      (items) => items.length > 0,
      20_000,
    )
    // A job stops where its receiver lets the time run out, and does not go on to all hundred.
    expect(tried.length).toBeLessThan(100)
    receiver.behaviour = good
    await until(
      async () =>
        (await partner.call('listDeliveries', { endpointId, state: 'delivered', limit: 500 })).items.length,
      (count) => count === 250,
      40_000,
    )
    const dense = Array.from({ length: 250 }, (_, index) => index + 1)
    expect([...new Set(receiver.seqs)].sort((one, other) => one - other)).toEqual(dense)
  })
})
