/** When a delivery is tried again: the schedule that partners are promised, its jitter, and what a receiver may ask for. */
import { describe, expect, test } from 'vitest'
import { delayAfter, retryAfterSeconds, retrySchedule } from '../../src/outbox/schedule.ts'
import { makeEvents, openOutbox, Receiver, until } from './house.ts'

const [minute, hour] = [60, 3_600]

describe('the schedule', () => {
  const promised = [
    0,
    5,
    5 * minute,
    30 * minute,
    2 * hour,
    5 * hour,
    10 * hour,
    14 * hour,
    20 * hour,
    24 * hour,
  ]

  test.each(promised.map((seconds, attempts) => [attempts, seconds]))(
    'after %i attempts the next comes in %i s, a tenth more or less',
    (attempts, seconds) => {
      expect(delayAfter(attempts, undefined, retrySchedule, 0)).toBeCloseTo(seconds * 0.9)
      expect(delayAfter(attempts, undefined, retrySchedule, 0.5)).toBeCloseTo(seconds)
      expect(delayAfter(attempts, undefined, retrySchedule, 1)).toBeCloseTo(seconds * 1.1)
    },
  )

  test('ends after the tenth attempt, whatever the receiver asks for', () => {
    expect(delayAfter(10, undefined)).toBeNull()
    expect(delayAfter(10, 5)).toBeNull()
  })

  test.each([
    ['more', 600, 600],
    ['less', 1, 5 * minute],
    ['more than a day', 100 * hour, 24 * hour],
  ])('a receiver that asks for %s', (_much, asked, delay) => {
    expect(delayAfter(2, asked, retrySchedule, 0.5)).toBeCloseTo(delay)
  })

  test('is what a service goes by that is told of no other', async () => {
    await using house = await openOutbox({ retrySchedule: undefined })
    await using receiver = await Receiver.open((_arrival, response) => void response.writeHead(500).end())
    const partner = await house.partner()
    await partner.call('createWebhookEndpoint', { url: receiver.url })
    await makeEvents(partner, 1)
    const deliveries = async () => (await partner.call('listDeliveries', {})).items
    const [first] = await until(deliveries, ([delivery]) => delivery?.attempts === 1)
    expect([5, 6]).toContain((first?.nextAttemptAt as number) - (first?.attemptedAt as number))
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-03-01T12:00:00Z')

  test.each([
    ['120', 120],
    [' 7 ', 7],
    ['Sun, 01 Mar 2026 12:01:30 GMT', 90],
    ['Sun, 01 Mar 2026 11:00:00 GMT', 0],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%j', (header, seconds) => {
    expect(retryAfterSeconds(header, now)).toBe(seconds)
  })
})
