/** `revokeApiKey`: refusals, repeats, and that a revoked key opens nothing any more. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse } from '../../house.ts'

let house: House
beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house.close())

test('key_unknown: there is no such key, or it is another partner’s', async () => {
  const [one, other] = [await house.partner(), await house.partner()]
  const { keyId } = await other.call('createApiKey', { name: 'theirs', scopes: ['read'] })
  for (const unknown of ['nothing', keyId as string])
    expect((await one.refusal('revokeApiKey', { keyId: unknown })).data).toMatchObject({
      reason: 'key_unknown',
      id: unknown,
    })
  expect((await other.call('listApiKeys', {})).items.find((key) => key.keyId === keyId)?.revokedAt).toBeNull()
})

test('a revoked key is refused at once, and revoking it again changes nothing', async () => {
  const partner = await house.partner()
  const { keyId, key } = await partner.call('createApiKey', { name: 'spare', scopes: ['read'] })
  const caller = Object.assign(Object.create(partner), { key }) as typeof partner
  expect((await caller.post({ method: 'getClock' })).status).toBe(200)
  const revoked = await partner.call('revokeApiKey', { keyId: keyId as string })
  expect(revoked).toMatchObject({ keyId, revokedAt: house.clock.now(), changed: true })
  expect((await caller.post({ method: 'getClock' })).status).toBe(401)
  house.clock.advance({ seconds: 60 })
  expect(await partner.call('revokeApiKey', { keyId: keyId as string })).toEqual({
    ...revoked,
    changed: false,
  })
})
