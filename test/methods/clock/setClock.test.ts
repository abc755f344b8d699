/** `setClock`: a sandbox's clock moves forward to an instant, and everything due on the way happens. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, seconds } from '../../house.ts'
import { buy, partnerWithCustomer } from '../orders/stage.ts'

const now = '2026-03-01T12:00:00Z'
let house: House
beforeAll(async () => {
  house = await openHouse({ now })
})
afterAll(() => house.close())

test('forward it goes, to the instant that is meant', async () => {
  const sandbox = await house.partner({ sandbox: true, timeZone: 'Europe/Berlin' })
  const steps: [at: number | string, now: string][] = [
    ['2026-03-01T13:00:00.9+01:00', now],
    [seconds('2026-03-01T12:00:01Z'), '2026-03-01T12:00:01Z'],
    ['2026-03-02T00:00:00+01:00', '2026-03-01T23:00:00Z'],
    // A date alone is that day's beginning where the partner lives: a quarter to summer time.
    ['2026-03-30', '2026-03-29T22:00:00Z'],
    ['2076-03-01T12:00:00Z', '2076-03-01T12:00:00Z'],
  ]
  let before = seconds(now)
  for (const [at, moment] of steps) {
    const changed = seconds(moment) !== before
    expect(await sandbox.call('setClock', { at })).toEqual({ now: seconds(moment), sandbox: true, changed })
    before = seconds(moment)
  }
})

test('the present moment changes nothing; backwards and too far ahead are not valid', async () => {
  const sandbox = await house.partner({ sandbox: true })
  expect(await sandbox.call('setClock', { at: now })).toMatchObject({ changed: false })
  for (const at of [seconds(now) - 1, '2026-03-01', '2076-03-01T12:00:01Z', 0])
    expect((await sandbox.refusal('setClock', { at })).data).toMatchObject({
      reason: 'params_invalid',
      issues: [{ path: 'at' }],
    })
  expect(await sandbox.call('getClock', {})).toEqual({ now: seconds(now), sandbox: true })
})

test('the only refusal: a live partner has no clock of its own, whatever the instant', async () => {
  const [live, sandbox] = [await house.partner(), await house.partner({ sandbox: true })]
  for (const at of ['1990-01-01', now, '9999-12-31'])
    expect((await live.refusal('setClock', { at })).data).toEqual({ reason: 'not_sandbox', retryable: false })
  expect(await sandbox.call('setClock', { at: now })).toMatchObject({ sandbox: true })
})

test('what falls due at the very instant happens; what falls due a second later waits', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true })
  await buy(partner, 'O1')
  const due = seconds('2026-03-17T12:00:00Z')
  await partner.call('setClock', { at: due - 1 })
  expect(await partner.events()).toHaveLength(2)
  await partner.call('setClock', { at: due })
  expect((await partner.events()).slice(2)).toMatchObject([{ type: 'order.renewal_due', at: due }])
})

test('a year of chains happens in order of time across all of them, each once', async () => {
  const partner = await partnerWithCustomer(house, { sandbox: true, graceDays: 2 })
  await buy(partner, 'ending', { startsAt: '2026-02-20' })
  await buy(partner, 'yearly', { duration: 'yearly' })
  await buy(partner, 'monthly', { startsAt: '2026-02-25' })
  await buy(partner, 'later', { startsAt: '2026-06-01' })
  await partner.call('cancelOrder', { id: 'ending', at: 'termEnd' })
  const before = (await partner.events()).length
  await partner.call('setClock', { at: '2027-06-01' })
  const happened = (await partner.events()).slice(before).map(({ type, at, object }) => [at, type, object.id])
  expect(happened).toEqual([
    [seconds('2026-03-10'), 'order.renewal_due', 'monthly'],
    [seconds('2026-03-20'), 'order.cancelled', 'ending'],
    [seconds('2026-03-27'), 'order.expired', 'monthly'],
    [seconds('2026-06-16'), 'order.renewal_due', 'later'],
    [seconds('2026-07-03'), 'order.expired', 'later'],
    [seconds('2027-02-14T12:00:00Z'), 'order.renewal_due', 'yearly'],
    [seconds('2027-03-03T12:00:00Z'), 'order.expired', 'yearly'],
  ])
})

test('another sandbox’s chains stand still', async () => {
  const [one, other] = [
    await partnerWithCustomer(house, { sandbox: true }),
    await partnerWithCustomer(house, { sandbox: true }),
  ]
  for (const partner of [one, other]) await buy(partner, 'O1')
  await one.call('setClock', { at: '2027-01-01' })
  expect(await other.call('getOrder', { id: 'O1' })).toMatchObject({ status: 'active' })
  expect(await other.events()).toHaveLength(2)
})
