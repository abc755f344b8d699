/**
 * A wrong key costs the same work whether or not its id exists: the same questions to the database, and as many
 * comparisons of as many bytes. What is counted is the work, not the time: an early way out would show here on any
 * machine. `npm run key-timing` measures the time.
 */
import { timingSafeEqual } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { Fault } from '../../src/faults.ts'
import { Authenticator } from '../../src/rpc/auth.ts'
import { hashKey, keyIdOf, makeKey } from '../../src/rules/apiKey.ts'
import { type House, openHouse, type TestPartner } from '../house.ts'

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof import('node:crypto')>()
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) }
})

let house: House
let partner: TestPartner
const compared = vi.mocked(timingSafeEqual)
/** Keys of good form, each wrong for a reason of its own. */
const wrong: Record<string, string> = {}

beforeAll(async () => {
  house = await openHouse()
  partner = await house.partner()
  const make = (scopes: ['read'], more = {}) => partner.call('createApiKey', { name: 'x', scopes, ...more })
  const [known, revoked] = [await make(['read']), await make(['read'])]
  const expired = await make(['read'], { expiresAt: house.clock.now() + 10 })
  await partner.call('revokeApiKey', { keyId: revoked.keyId as string })
  house.clock.advance({ seconds: 10 })
  wrong['an id that nobody has'] = makeKey(new Uint8Array(55).fill(9), false).key
  wrong['a known id with another secret'] = withOtherSecret(known.key as string)
  wrong['a revoked key with another secret'] = withOtherSecret(revoked.key as string)
  wrong['a revoked key'] = revoked.key as string
  wrong['an expired key'] = expired.key as string
})
afterAll(() => house.close())
beforeEach(() => void compared.mockClear())

/** A key of the same id whose secret is not the one that was given out, with a checksum that is right. */
function withOtherSecret(key: string): string {
  const id = keyIdOf(key) as string
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  const random = Uint8Array.from(
    [...id].map((character) => alphabet.indexOf(character)).concat(Array(43).fill(5)),
  )
  const made = makeKey(random, key.startsWith('tk_test')).key
  expect(keyIdOf(made)).toBe(id)
  expect(hashKey(made)).not.toBe(hashKey(key))
  return made
}

interface Work {
  queries: string[]
  comparedBytes: number[][]
  refusal: string
}

async function workOf(key: string): Promise<Work> {
  const { pool } = (house.services[0] as House['services'][number]).tenure.store
  const query = vi.spyOn(pool, 'query')
  try {
    await new Authenticator(pool).authenticate(key, house.clock.now())
    throw new Error('A wrong key was taken.')
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return {
      queries: query.mock.calls
        .map(([sent]) => String((sent as unknown as { text: string }).text))
        .filter((text) => text.includes('api_key')),
      comparedBytes: compared.mock.calls.map(([one, other]) => [one.byteLength, other.byteLength]),
      refusal: JSON.stringify(error.toWire()),
    }
  } finally {
    query.mockRestore()
  }
}

describe('every key of good form that is wrong', () => {
  test.each([
    'an id that nobody has',
    'a known id with another secret',
    'a revoked key with another secret',
    'a revoked key',
    'an expired key',
  ])('%s: one question, one comparison of 32 bytes, one answer', async (name) => {
    const reference = await workOf(wrong['an id that nobody has'] as string)
    expect(reference.queries).toHaveLength(1)
    expect(reference.comparedBytes).toEqual([[32, 32]])
    compared.mockClear()
    expect(await workOf(wrong[name] as string)).toEqual(reference)
  })

  test('is refused over HTTP in the same words', async () => {
    const answers = await Promise.all(
      Object.values(wrong).map((key) => partner.post('{"method":"getClock"}', { 'x-api-key': key })),
    )
    for (const { status, text } of answers) {
      expect(status).toBe(401)
      expect(text).toBe(answers[0]?.text)
    }
  })
})

test('a right key is compared likewise, once for as long as it is believed', async () => {
  const { pool } = (house.services[0] as House['services'][number]).tenure.store
  const authenticator = new Authenticator(pool)
  await authenticator.authenticate(partner.key, house.clock.now())
  expect(compared.mock.calls.map(([one]) => one.byteLength)).toEqual([32])
  await authenticator.authenticate(partner.key, house.clock.now())
  expect(compared).toHaveBeenCalledTimes(1)
})
