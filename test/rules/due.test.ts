/** What time brings to a chain and what is told of it: each once, and nothing that was past when it was bought. */
import { describe, expect, test } from 'vitest'
import type { ChainFacts } from '../../src/rules/chain.ts'
import { afterTelling, type Told, toldAtPurchase, upcoming } from '../../src/rules/due.ts'
import { anchoredTerm } from '../../src/rules/term.ts'
import { at, said } from './calendar.ts'

const conditions = { windowDays: 15, graceDays: 3, renewable: true }
const nothingTold: Told = { renewalDueTold: false, expiryTold: false, cancellationTold: false }
// From 1 March until 1 April 2026.
const march = anchoredTerm(at('2026-03-01'), 'monthly')

function chain(facts: Partial<ChainFacts & Told> = {}): ChainFacts & Told {
  const bought = {
    licenses: 1,
    duration: 'monthly',
    edition: 'oo-lite',
    editionVersion: 1,
    createdAt: 0,
  } as const
  const terms = [{ ...march, ...bought, position: 1 }]
  return { terms, suspensions: [], suspendedAt: null, changes: [], cancelAt: null, ...nothingTold, ...facts }
}

const renewalDue = 'order.renewal_due 2026-03-17T00:00:00Z'
const expired = 'order.expired 2026-04-04T00:00:00Z'

describe('what is still to come, in order of time', () => {
  const april = at('2026-04-01')
  const table: [chain: string, facts: Partial<ChainFacts & Told>, renewable: boolean, due: string[]][] = [
    ['as it was bought: the window opens, the grace ends', {}, true, [renewalDue, expired]],
    ['of which the window was told', { renewalDueTold: true }, true, [expired]],
    ['which has expired and was told', { renewalDueTold: true, expiryTold: true }, true, []],
    ['of an edition that cannot be renewed', {}, false, [expired]],
    ['suspended', { suspendedAt: at('2026-03-05') }, true, [expired]],
    ['ending', { cancelAt: april }, true, ['order.cancelled 2026-04-01T00:00:00Z']],
    [
      'ending and suspended',
      { cancelAt: april, suspendedAt: april },
      true,
      ['order.cancelled 2026-04-01T00:00:00Z'],
    ],
    ['cancelled and told: no expiry either', { cancelAt: april, cancellationTold: true }, true, []],
  ]
  test.each(table)('a chain %s', (_chain, facts, renewable, due) => {
    const found = upcoming(chain(facts), { ...conditions, renewable })
    expect(found.map(({ type, at }) => `${type} ${said(at)}`)).toEqual(due)
  })

  test('it is the latest term that counts', () => {
    const next = { ...chain().terms[0], ...anchoredTerm(at('2026-04-01'), 'yearly'), position: 2 }
    const both = chain({ terms: [...chain().terms, next as ChainFacts['terms'][number]] })
    expect(upcoming(both, conditions).map(({ at }) => said(at))).toEqual([
      '2027-03-17T00:00:00Z',
      '2027-04-04T00:00:00Z',
    ])
  })

  test('a window of no days opens when the term ends', () => {
    expect(upcoming(chain(), { ...conditions, windowDays: 0 }).map(({ at }) => said(at))).toEqual([
      '2026-04-01T00:00:00Z',
      '2026-04-04T00:00:00Z',
    ])
  })
})

describe('what was past at the purchase is never announced', () => {
  const table: [now: string, renewalDueTold: boolean, expiryTold: boolean][] = [
    ['2026-03-01T00:00:00Z', false, false],
    ['2026-03-16T23:59:59Z', false, false],
    ['2026-03-17T00:00:00Z', true, false],
    ['2026-04-01T00:00:00Z', true, false],
    ['2026-04-03T23:59:59Z', true, false],
    ['2026-04-04T00:00:00Z', true, true],
  ]
  test.each(table)('bought at %s', (now, renewalDueTold, expiryTold) => {
    expect(toldAtPurchase(march.termEnd, conditions, at(now))).toEqual({
      renewalDueTold,
      expiryTold,
      cancellationTold: false,
    })
  })
})

test('each thing is told once: after it was told it is no longer to come', () => {
  const cases: [facts: Partial<ChainFacts & Told>, told: string[]][] = [
    [{}, ['order.renewal_due', 'order.expired']],
    [{ suspendedAt: 0 }, ['order.expired']],
    [{ cancelAt: at('2026-04-01') }, ['order.cancelled']],
  ]
  for (const [facts, told] of cases) {
    let present = chain(facts)
    const found: string[] = []
    for (
      let [due] = upcoming(present, conditions);
      due && found.length < 5;
      [due] = upcoming(present, conditions)
    ) {
      found.push(due.type)
      present = { ...present, ...afterTelling(due) }
    }
    expect(found).toEqual(told)
  }
})
