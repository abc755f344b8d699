/** The verdict over several licences: who entitles, what adds up, and which reason is told when none does. */
import { describe, expect, test } from 'vitest'
import { type Grant, judge, storyOfAccess } from '../../src/rules/entitlement.ts'

const grant = (given: Partial<Grant> = {}): Grant => ({
  state: 'active',
  product: 'cad',
  edition: 'cad-lite',
  quantity: 1,
  usableUntil: 100,
  features: [],
  limitations: {},
  variables: {},
  story: [],
  ...given,
})

const judged = (grants: Partial<Grant>[], feature?: string) =>
  judge(
    grants.map((one) => grant(one)),
    { isActive: true },
    feature,
  )

describe('the reason', () => {
  test.each([
    [[], 'no_license'],
    [['active'], 'entitled'],
    [['grace'], 'grace'],
    [['grace', 'active'], 'entitled'],
    [['revoked', 'suspended', 'grace'], 'grace'],
    [['revoked', 'scheduled', 'expired', 'suspended'], 'suspended'],
    [['revoked', 'scheduled', 'expired'], 'expired'],
    [['revoked', 'scheduled'], 'scheduled'],
    [['revoked', 'revoked'], 'revoked'],
  ] as const)('%j: %s', (states, reason) => {
    const verdict = judged(states.map((state) => ({ state })))
    expect(verdict).toMatchObject({ reason, entitled: reason === 'entitled' || reason === 'grace' })
  })

  test('a deactivated customer goes before everything', () => {
    const verdict = judge([grant({ story: ['A.'] })], { isActive: false })
    expect(verdict).toMatchObject({ entitled: false, reason: 'customer_inactive', quantity: 0 })
    expect(verdict.because).toEqual(['A.', 'The customer is deactivated.'])
  })

  test('a feature counts only where the licence is in force', () => {
    const licenses = [{ features: ['a'] }, { features: ['b'], state: 'expired' as const }]
    expect(judged(licenses, 'a')).toMatchObject({ entitled: true, quantity: 1 })
    expect(judged(licenses, 'b')).toMatchObject({ entitled: false, reason: 'feature_missing' })
  })
})

describe('what adds up', () => {
  test('quantities, features, the larger limits, the variables of the last to run out', () => {
    const verdict = judged([
      {
        quantity: 2,
        usableUntil: 300,
        features: ['b', 'a'],
        limitations: { x: 1, y: 9 },
        variables: { v: 'late' },
      },
      {
        quantity: 3,
        usableUntil: 200,
        features: ['c', 'a'],
        limitations: { x: 5 },
        variables: { v: 'early', w: '1' },
      },
      { quantity: 9, state: 'suspended', usableUntil: null, features: ['z'], limitations: { x: 99 } },
    ])
    expect(verdict).toMatchObject({
      quantity: 5,
      validUntil: 300,
      features: ['a', 'b', 'c'],
      limitations: { x: 5, y: 9 },
      variables: { v: 'late', w: '1' },
    })
  })

  test.each([
    [[100, 300, 200], 300],
    [[100, null], null],
    [[null, null], null],
    [[null, 100, null, 200], null],
  ])('of ends %j the last is %j', (ends, validUntil) => {
    expect(judged(ends.map((usableUntil) => ({ usableUntil }))).validUntil).toBe(validUntil)
  })

  test('the stories stand one after the other', () => {
    expect(judged([{ story: ['A.', 'B.'] }, { story: ['C.'] }]).because).toEqual(['A.', 'B.', 'C.'])
  })
})

test('access is told as it was at the moment', () => {
  const open = { customer: 'Kunde', grantedAt: 100, grantedBy: 'key:a', revokedAt: null, revokedBy: null }
  const over = { ...open, customer: 'Firma', revokedAt: 200, revokedBy: 'key:b' }
  const told = (at: number) => storyOfAccess('Ann', [open, over], at)
  expect(told(99)).toEqual(['Ann has no access to the licences of any customer.'])
  expect(told(199)).toEqual([
    'Ann has access to the licences of Kunde, granted at 1970-01-01T00:01:40Z by key:a.',
    'Ann has access to the licences of Firma, granted at 1970-01-01T00:01:40Z by key:a.',
  ])
  expect(told(200)[1]).toBe(
    'Ann had access to the licences of Firma, granted at 1970-01-01T00:01:40Z by key:a and revoked at 1970-01-01T00:03:20Z by key:b.',
  )
})
