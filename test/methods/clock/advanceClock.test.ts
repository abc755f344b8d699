/** `advanceClock`: a sandbox's clock moves forward by some time; sent twice it moves twice. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../../house.ts'
import { buy, partnerWithCustomer, story } from '../orders/stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
})
afterAll(() => house.close())

test('by days of 86,400 seconds or by seconds, by exactly one of them', async () => {
  const sandbox = await house.partner({ sandbox: true, timeZone: 'Europe/Berlin' })
  expect(await sandbox.call('advanceClock', { days: 30 })).toEqual({
    now: seconds('2026-03-31T12:00:00Z'),
    sandbox: true,
    changed: true,
  })
  expect(await sandbox.call('advanceClock', { seconds: 1 })).toMatchObject({
    now: seconds('2026-03-31T12:00:01Z'),
  })
  for (const params of [{ days: 0 }, { seconds: 0 }])
    expect(await sandbox.call('advanceClock', params)).toMatchObject({ changed: false })
  for (const params of [{}, { days: 1, seconds: 1 }, { days: -1 }, { seconds: 0.5 }])
    expect((await sandbox.refusal('advanceClock', params)).data.reason).toBe('params_invalid')
})

test('at most 50 years ahead of the real time', async () => {
  const sandbox = await house.partner({ sandbox: true })
  const most = seconds('2076-03-01T12:00:00Z') - seconds(now)
  for (const params of [{ seconds: most + 1 }, { days: 18_264 }])
    expect((await sandbox.refusal('advanceClock', params)).data).toMatchObject({
      reason: 'params_invalid',
      issues: [{ path: Object.keys(params)[0] }],
    })
  expect(await sandbox.call('advanceClock', { seconds: most })).toMatchObject({ changed: true })
})

test('the only refusal: not_sandbox on a live partner', async () => {
  const live = await house.partner()
  for (const params of [{ days: 1 }, { days: 0 }, { seconds: 1_581_120_000 }])
    expect((await live.refusal('advanceClock', params)).data).toEqual({
      reason: 'not_sandbox',
      retryable: false,
    })
})

test('sent twice it moves twice; with an idempotency key once, and everything on the way happens once', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1')
  await partner.call('advanceClock', { days: 1 })
  await partner.call('advanceClock', { days: 1 })
  const header = { 'idempotency-key': 'forty days' }
  const first = await partner.call('advanceClock', { days: 40 }, header)
  expect(first.now).toBe(seconds(now) + 42 * 86_400)
  expect(await partner.call('advanceClock', { days: 40 }, header)).toEqual(first)
  expect((await partner.call('getClock', {})).now).toBe(first.now)
  const other = await partner.post({ method: 'advanceClock', params: { days: 41 } }, header)
  expect(other.status).toBe(400)
  expect((await story(partner, 'O1')).slice(1)).toEqual([
    'order.renewal_due 2026-03-17T12:00:00Z',
    'order.expired 2026-04-01T12:00:00Z',
  ])
})

test('many at the same moment add up', async () => {
  const sandbox = await house.partner({ sandbox: true })
  await Promise.all(Array.from({ length: 10 }, () => sandbox.call('advanceClock', { seconds: 7 })))
  expect((await sandbox.call('getClock', {})).now).toBe(seconds(now) + 70)
})

test('between calls of one array the clock stands where the last of them has put it', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  const order = { customer: 'C', product: 'oo-lite', licenses: 1, duration: 'monthly' }
  const replies = await partner.batch([
    { method: 'createFirstOrder', params: { ...order, id: 'A' } },
    { method: 'advanceClock', params: { days: 20 } },
    { method: 'createRenewalOrder', params: { parent: 'A', id: 'B' } },
    { method: 'createFirstOrder', params: { ...order, id: 'C' } },
    { method: 'getClock' },
  ])
  const results = replies.map(({ result }) => result as unknown as Record<string, unknown>)
  expect(results.map((result) => result?.createdAt ?? result?.now)).toEqual([
    seconds(now),
    seconds(now) + 20 * 86_400,
    seconds(now) + 20 * 86_400,
    seconds(now) + 20 * 86_400,
    seconds(now) + 20 * 86_400,
  ])
})
