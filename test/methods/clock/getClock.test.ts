/** `getClock`: what time it is for the partner. */
import { expect, test } from 'vitest'
import { openHouse, seconds } from '../../house.ts'

const now = '2026-03-01T12:00:00Z'

test('the real time for a live partner; for a sandbox its own, which stands still', async () => {
  await using house = await openHouse({ now })
  const [live, sandbox] = [await house.partner(), await house.partner({ sandbox: true })]
  expect(await live.call('getClock', {})).toEqual({ now: seconds(now), sandbox: false })
  expect(await sandbox.call('getClock', {})).toEqual({ now: seconds(now), sandbox: true })
  house.clock.advance({ days: 3 })
  expect(await live.call('getClock', {})).toEqual({ now: seconds(now) + 3 * 86_400, sandbox: false })
  expect(await sandbox.call('getClock', {})).toEqual({ now: seconds(now), sandbox: true })
})

test('a sandbox’s clock starts at the real time of its creation', async () => {
  await using house = await openHouse({ now })
  house.clock.advance({ seconds: 77 })
  const sandbox = await house.partner({ sandbox: true })
  house.clock.advance({ days: 1 })
  expect((await sandbox.call('getClock', {})).now).toBe(seconds(now) + 77)
})

test('all that is decided in a sandbox is dated by its clock; keys follow the real one', async () => {
  await using house = await openHouse({ now })
  const sandbox = await house.partner({ sandbox: true })
  await sandbox.call('setClock', { at: '2030-01-01' })
  house.clock.advance({ days: 1 })
  const moment = seconds('2030-01-01')
  expect(await sandbox.call('createCustomer', { id: 'C', name: 'C' })).toMatchObject({ createdAt: moment })
  expect(await sandbox.events()).toMatchObject([{ at: moment }])
  const { createdAt, key } = await sandbox.call('createApiKey', {
    name: 'short',
    scopes: ['read'],
    expiresAt: seconds(now) + 2 * 86_400,
  })
  expect(createdAt).toBe(seconds(now) + 86_400)
  const asKey = Object.assign(Object.create(Object.getPrototypeOf(sandbox)), sandbox, {
    key,
  }) as typeof sandbox
  await sandbox.call('advanceClock', { days: 1_000 })
  expect((await asKey.post({ method: 'getClock' })).status).toBe(200)
  house.clock.advance({ days: 1 })
  expect((await asKey.post({ method: 'getClock' })).status).toBe(401)
})
