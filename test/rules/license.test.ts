/** What a licence of its own is at a moment: tables of its states, its ends, and what is to be told of it. */
import { describe, expect, test } from 'vitest'
import type { Chain, Edition, License, LicenseSuspension } from '../../src/objects.ts'
import {
  areCompatible,
  type LicenseInSight,
  licenseFacts,
  switchedOffSince,
  upcomingOfLicense,
} from '../../src/rules/license.ts'

const day = 86_400
const conditions = { windowDays: 15, graceDays: 2, renewable: true }

/** A licence from day 10 until day 20, with two days of grace. */
function license(given: Partial<License> = {}): License {
  return {
    partnerId: 1,
    licenseId: 'uuid',
    customerId: 'customer',
    chainId: null,
    references: {},
    remoteId: 'L1',
    product: 'cad',
    edition: 'cad-lite',
    editionVersion: 1,
    quantity: 5,
    validFrom: 10 * day,
    validUntil: 20 * day,
    suspendedAt: null,
    suspendedBy: null,
    revokedAt: null,
    revokedBy: null,
    features: null,
    limitations: null,
    variables: null,
    name: null,
    description: null,
    expiryTold: false,
    revocationTold: false,
    nextDueAt: null,
    settledAt: 0,
    version: 1,
    createdAt: 0,
    ...given,
  }
}

function sight(given: Partial<License> = {}, off: [number, number][] = []): LicenseInSight {
  const suspensions = off.map(([suspendedAt, resumedAt], number): LicenseSuspension => {
    const times = { suspendedAt: suspendedAt * day, resumedAt: resumedAt * day }
    return { partnerId: 1, licenseId: 'uuid', number, ...times, suspendedBy: 'key:a', resumedBy: 'key:b' }
  })
  return { license: license(given), chain: undefined, conditions, suspensions }
}

describe('the state', () => {
  test.each([
    [{}, 9.99, 'scheduled'],
    [{}, 10, 'active'],
    [{}, 19.99, 'active'],
    [{}, 20, 'grace'],
    [{}, 21.99, 'grace'],
    [{}, 22, 'expired'],
    [{ validUntil: null }, 9_999, 'active'],
    [{ suspendedAt: 15 * day }, 14.99, 'active'],
    [{ suspendedAt: 15 * day }, 15, 'suspended'],
    [{ suspendedAt: 15 * day }, 30, 'suspended'],
    [{ suspendedAt: 5 * day }, 7, 'suspended'],
    [{ revokedAt: 15 * day }, 14.99, 'active'],
    [{ revokedAt: 15 * day }, 15, 'revoked'],
    [{ revokedAt: 15 * day, suspendedAt: 12 * day }, 16, 'revoked'],
    [{ revokedAt: 15 * day, suspendedAt: 12 * day }, 14, 'suspended'],
    [{ revokedAt: 25 * day }, 23, 'expired'],
  ])('%j on day %d is %s', (given, at, state) => {
    expect(licenseFacts(sight(given), at * day).state).toBe(state)
  })

  test('of the past follows from the times during which it was off', () => {
    const off = sight({}, [
      [11, 12],
      [14, 16],
    ])
    const states = [10, 11, 11.99, 12, 14, 15.99, 16].map((at) => licenseFacts(off, at * day).state)
    const [on, was] = ['active', 'suspended']
    expect(states).toEqual([on, was, was, on, was, was, on])
    expect(switchedOffSince(off, 15 * day)).toBe(14 * day)
    expect(switchedOffSince(off, 13 * day)).toBeNull()
  })
})

describe('the end', () => {
  test.each([
    [{}, 20, 22],
    [{ validUntil: null }, null, null],
    [{ revokedAt: 15 * day }, 15, 15],
    [{ revokedAt: 21 * day }, 20, 21],
    [{ revokedAt: 30 * day }, 20, 22],
    [{ validUntil: null, revokedAt: 30 * day }, 30, 30],
  ])('%j', (given, validUntil, usableUntil) => {
    const inDays = (instant: number | null) => (instant === null ? null : instant / day)
    const facts = licenseFacts(sight(given), 0)
    expect([inDays(facts.validUntil), inDays(facts.usableUntil)]).toEqual([validUntil, usableUntil])
  })
})

test('the licence of a chain says nothing of its own', () => {
  const term = {
    position: 1,
    anchor: 0,
    endMonth: 1,
    termStart: 0,
    termEnd: 31 * day,
    licenses: 3,
    duration: 'monthly',
    edition: 'oo-lite',
    editionVersion: 4,
    createdAt: 0,
  }
  const chain = { terms: [term], suspensions: [], changes: [], suspendedAt: null, cancelAt: null, conditions }
  const governed = { ...sight({ chainId: 7 }), chain: chain as unknown as Chain }
  const facts = { edition: 'oo-lite', editionVersion: 4, quantity: 3, validFrom: 0, state: 'active' }
  expect(licenseFacts(governed, day)).toMatchObject({ ...facts, validUntil: 33 * day, usableUntil: 33 * day })
  const ending = { ...governed, chain: { ...chain, cancelAt: 8 * day } as unknown as Chain }
  expect(licenseFacts(ending, 8 * day)).toMatchObject({ state: 'revoked', validUntil: 8 * day })
})

describe('what is to be told', () => {
  test.each([
    [{}, ['license.expired', 22]],
    [{ validUntil: null }, null],
    [{ expiryTold: true }, null],
    [{ revokedAt: 15 * day }, ['license.revoked', 15]],
    [{ revokedAt: 15 * day, revocationTold: true }, null],
    [{ chainId: 7 }, null],
  ])('%j', (given, due) => {
    const told = upcomingOfLicense(license(given), conditions)
    expect(told && [told.type, told.at / day]).toEqual(due)
  })
})

describe('editions that a licence may move between', () => {
  const edition = { product: 'cad', provisioningMode: 'named', clientType: 'users' } as Edition
  test.each([
    [{ code: 'other', version: 9 }, true],
    [{ product: 'cam' }, false],
    [{ provisioningMode: 'floating' as const }, false],
    [{ clientType: 'devices' as const }, false],
  ])('%j: %s', (given, compatible) => {
    expect(areCompatible({ ...edition, ...given }, edition)).toBe(compatible)
    expect(areCompatible(edition, { ...edition, ...given })).toBe(compatible)
  })
})
