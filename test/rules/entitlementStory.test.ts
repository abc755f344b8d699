/** The story of a chain at a moment, as a support person would read it aloud, and what the chain gives then. */
import { describe, expect, test } from 'vitest'
import type { Chain, License, Order } from '../../src/objects.ts'
import { type Grant, grantOf } from '../../src/rules/entitlement.ts'
import type { LicenseState } from '../../src/rules/license.ts'
import { at } from './calendar.ts'

describe('the story of a chain', () => {
  const order = (
    position: number,
    remoteId: string,
    start: string,
    end: string,
    createdAt: string,
  ): Order => ({
    partnerId: 1,
    chainId: 1,
    orderId: position,
    remoteId,
    position,
    previousEnd: position === 1 ? null : at(start),
    anchor: at('2026-03-01'),
    endMonth: position,
    termStart: at(start),
    termEnd: at(end),
    licenses: 10 * position,
    duration: 'monthly',
    edition: 'oo-lite',
    editionVersion: 1,
    references: {},
    metadata: {},
    createdAt: at(createdAt),
  })
  const chain = (facts: Partial<Chain> = {}): Chain =>
    ({
      terms: [
        order(1, 'O1', '2026-03-01', '2026-04-01', '2026-03-01'),
        order(2, 'O2', '2026-04-01', '2026-05-01', '2026-03-20'),
      ],
      changes: [],
      suspensions: [],
      suspendedAt: null,
      suspendedBy: null,
      suspensionReason: null,
      cancelAt: null,
      cancelledBy: null,
      cancellationReason: null,
      conditions: { windowDays: 15, graceDays: 3, renewable: true },
      ...facts,
    }) as Chain
  const none = { features: null, limitations: null, variables: null }
  const contents = { features: ['export'], limitations: { seats: 3 }, variables: { theme: 'dark' } }
  const grantOfChain = (chain: Chain, at: number): Grant => {
    const license = { licenseId: 'L', remoteId: null, name: null, ...none } as License
    return grantOf({ license, chain, conditions: chain.conditions, suspensions: [] }, 'oo', contents, at)
  }
  const first = 'Order O1 bought 10 of oo-lite from 2026-03-01T00:00:00Z until 2026-04-01T00:00:00Z.'
  const second = 'Renewal O2 bought 20 of oo-lite from 2026-04-01T00:00:00Z until 2026-05-01T00:00:00Z.'
  const change = {
    changedAt: at('2026-03-10'),
    fromPosition: 1,
    throughPosition: 1,
    licenses: 15,
    edition: 'oo-std',
    editionVersion: 1,
  } as Chain['changes'][number]
  const suspension = {
    suspendedAt: at('2026-03-12'),
    resumedAt: at('2026-03-14'),
    reason: 'unpaid',
    suspendedBy: 'key:A',
    resumedBy: 'key:B',
  } as Chain['suspensions'][number]
  const suspended = { suspendedAt: at('2026-04-10'), suspendedBy: 'key:A', suspensionReason: null }
  const cancelled = { cancelAt: at('2026-04-20'), cancelledBy: 'key:C', cancellationReason: 'closed' }
  const toldSuspension = 'Suspended at 2026-03-12T00:00:00Z by key:A (unpaid)'

  const table: [facts: Partial<Chain>, moment: string, state: LicenseState, story: string[]][] = [
    [{}, '2026-03-05', 'active', [first]],
    [{}, '2026-03-25', 'active', [first, second]],
    [
      {},
      '2026-05-02',
      'grace',
      [first, second, 'The term ended at 2026-05-01T00:00:00Z; grace lasts until 2026-05-04T00:00:00Z.'],
    ],
    [
      {},
      '2026-05-04',
      'expired',
      [first, second, 'The term ended at 2026-05-01T00:00:00Z and was not renewed.'],
    ],
    [{ changes: [change] }, '2026-03-09', 'active', [first]],
    [
      { changes: [change] },
      '2026-03-11',
      'active',
      [first, 'Changed to 15 licences and edition oo-std at 2026-03-10T00:00:00Z.'],
    ],
    [{ suspensions: [suspension] }, '2026-03-11', 'active', [first]],
    [{ suspensions: [suspension] }, '2026-03-13', 'suspended', [first, `${toldSuspension}.`]],
    [
      { suspensions: [suspension] },
      '2026-03-15',
      'active',
      [first, `${toldSuspension}, resumed at 2026-03-14T00:00:00Z.`],
    ],
    [suspended, '2026-04-11', 'suspended', [first, second, 'Suspended since 2026-04-10T00:00:00Z by key:A.']],
    [
      cancelled,
      '2026-04-19',
      'active',
      [first, second, 'Will end by cancellation at 2026-04-20T00:00:00Z by key:C (closed).'],
    ],
    [
      cancelled,
      '2026-04-20',
      'revoked',
      [first, second, 'Cancelled at 2026-04-20T00:00:00Z by key:C (closed).'],
    ],
    [
      { ...suspended, ...cancelled },
      '2026-06-01',
      'revoked',
      [
        first,
        second,
        'Suspended since 2026-04-10T00:00:00Z by key:A.',
        'Cancelled at 2026-04-20T00:00:00Z by key:C (closed).',
      ],
    ],
  ]
  test.each(table)('%o at %s: %s', (facts, moment, state, story) => {
    const found = grantOfChain(chain(facts), at(moment))
    expect(found.state).toBe(state)
    expect(found.story).toEqual(['Licence L follows order O1.', ...story])
  })

  test('a chain gives what its edition contained, until its latest term and the grace are over', () => {
    expect(grantOfChain(chain(), at('2026-03-05'))).toMatchObject({
      product: 'oo',
      edition: 'oo-lite',
      quantity: 10,
      usableUntil: at('2026-05-04'),
      features: ['export'],
      limitations: { seats: 3 },
      variables: { theme: 'dark' },
    })
    expect(grantOfChain(chain(cancelled), at('2026-04-05'))).toMatchObject({
      quantity: 20,
      usableUntil: at('2026-04-20'),
    })
  })
})
