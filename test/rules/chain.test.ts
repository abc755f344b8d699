/** What a chain is at a moment: state, term in force and contents, at every boundary and a second on either side. */
import { describe, expect, test } from 'vitest'
import {
  type BoughtTerm,
  type ChainFacts,
  type ChainStatus,
  type Change,
  cancelledSince,
  contentsOf,
  endingAt,
  firstTerm,
  latestTerm,
  statusAt,
  suspendedSince,
  termInForce,
} from '../../src/rules/chain.ts'
import { at } from './calendar.ts'

function term(position: number, start: string, end: string, bought: Partial<BoughtTerm> = {}): BoughtTerm {
  const termStart = at(start)
  return {
    position,
    anchor: termStart,
    endMonth: 1,
    termStart,
    termEnd: at(end),
    licenses: position * 10,
    duration: 'monthly',
    edition: 'oo-lite',
    editionVersion: 1,
    createdAt: termStart,
    ...bought,
  }
}

// March and April follow each other; June came after a lapse.
const march = term(1, '2026-03-01T12:00:00Z', '2026-04-01T12:00:00Z')
const april = term(2, '2026-04-01T12:00:00Z', '2026-05-01T12:00:00Z')
const june = term(3, '2026-06-10T00:00:00Z', '2026-07-10T00:00:00Z')

function chain(facts: Partial<ChainFacts> = {}): ChainFacts {
  return {
    terms: [march, april, june],
    suspensions: [],
    suspendedAt: null,
    changes: [],
    cancelAt: null,
    ...facts,
  }
}

const grace = { windowDays: 15, graceDays: 3, renewable: true }
const noGrace = { ...grace, graceDays: 0 }

describe('the state at a moment, by time alone, with three days of grace', () => {
  const table: [moment: string, status: ChainStatus, position: number][] = [
    ['2025-01-01T00:00:00Z', 'scheduled', 1],
    ['2026-03-01T11:59:59Z', 'scheduled', 1],
    ['2026-03-01T12:00:00Z', 'active', 1],
    ['2026-04-01T11:59:59Z', 'active', 1],
    ['2026-04-01T12:00:00Z', 'active', 2],
    ['2026-05-01T11:59:59Z', 'active', 2],
    ['2026-05-01T12:00:00Z', 'grace', 2],
    ['2026-05-04T11:59:59Z', 'grace', 2],
    ['2026-05-04T12:00:00Z', 'expired', 2],
    ['2026-06-09T23:59:59Z', 'expired', 2],
    ['2026-06-10T00:00:00Z', 'active', 3],
    ['2026-07-09T23:59:59Z', 'active', 3],
    ['2026-07-10T00:00:00Z', 'grace', 3],
    ['2026-07-12T23:59:59Z', 'grace', 3],
    ['2026-07-13T00:00:00Z', 'expired', 3],
    ['2036-01-01T00:00:00Z', 'expired', 3],
  ]
  test.each(table)('%s: %s, term %i', (moment, status, position) => {
    expect(statusAt(chain(), grace, at(moment))).toBe(status)
    expect(termInForce(chain(), at(moment)).position).toBe(position)
  })

  test('without grace a term that is over is expired at once', () => {
    const end = at('2026-05-01T12:00:00Z')
    expect([end - 1, end].map((now) => statusAt(chain(), noGrace, now))).toEqual(['active', 'expired'])
  })

  test('first and latest are the ends of the chain, whatever is in force', () => {
    expect([firstTerm(chain()).position, latestTerm(chain()).position]).toEqual([1, 3])
  })
})

describe('precedence: cancelled, then suspended, then the time', () => {
  const suspension = { suspendedAt: at('2026-03-10T00:00:00Z'), resumedAt: at('2026-03-20T00:00:00Z') }
  const cases: Record<string, Partial<ChainFacts>> = {
    'suspended since 15 April': { suspendedAt: at('2026-04-15T00:00:00Z') },
    'suspended from 10 to 20 March': { suspensions: [suspension] },
    'both suspensions': { suspensions: [suspension], suspendedAt: at('2026-04-15T00:00:00Z') },
    'cancelled at 20 April': { cancelAt: at('2026-04-20T00:00:00Z') },
    'suspended and cancelled': {
      suspendedAt: at('2026-04-15T00:00:00Z'),
      cancelAt: at('2026-04-20T00:00:00Z'),
    },
    'cancelled before it began': { cancelAt: at('2026-02-01T00:00:00Z') },
    'suspended before it began': { suspendedAt: at('2026-02-01T00:00:00Z') },
  }
  const table: [facts: keyof typeof cases, moment: string, status: ChainStatus][] = [
    ['suspended since 15 April', '2026-04-14T23:59:59Z', 'active'],
    ['suspended since 15 April', '2026-04-15T00:00:00Z', 'suspended'],
    ['suspended since 15 April', '2026-05-02T00:00:00Z', 'suspended'],
    ['suspended since 15 April', '2030-01-01T00:00:00Z', 'suspended'],
    ['suspended from 10 to 20 March', '2026-03-09T23:59:59Z', 'active'],
    ['suspended from 10 to 20 March', '2026-03-10T00:00:00Z', 'suspended'],
    ['suspended from 10 to 20 March', '2026-03-19T23:59:59Z', 'suspended'],
    ['suspended from 10 to 20 March', '2026-03-20T00:00:00Z', 'active'],
    ['both suspensions', '2026-03-15T00:00:00Z', 'suspended'],
    ['both suspensions', '2026-03-25T00:00:00Z', 'active'],
    ['both suspensions', '2026-04-16T00:00:00Z', 'suspended'],
    ['cancelled at 20 April', '2026-04-19T23:59:59Z', 'active'],
    ['cancelled at 20 April', '2026-04-20T00:00:00Z', 'cancelled'],
    ['cancelled at 20 April', '2030-01-01T00:00:00Z', 'cancelled'],
    ['suspended and cancelled', '2026-04-19T23:59:59Z', 'suspended'],
    ['suspended and cancelled', '2026-04-20T00:00:00Z', 'cancelled'],
    ['cancelled before it began', '2026-01-31T23:59:59Z', 'scheduled'],
    ['cancelled before it began', '2026-02-10T00:00:00Z', 'cancelled'],
    ['suspended before it began', '2026-02-10T00:00:00Z', 'suspended'],
  ]
  test.each(table)('%s, at %s: %s', (facts, moment, status) => {
    expect(statusAt(chain(cases[facts]), grace, at(moment))).toBe(status)
  })
})

describe('since when, and until when', () => {
  const cancelAt = at('2026-04-20T00:00:00Z')
  test('a cancellation is ahead until its instant, and in force from it on', () => {
    const facts = chain({ cancelAt })
    expect([cancelledSince(facts, cancelAt - 1), endingAt(facts, cancelAt - 1)]).toEqual([null, cancelAt])
    expect([cancelledSince(facts, cancelAt), endingAt(facts, cancelAt)]).toEqual([cancelAt, null])
    expect([cancelledSince(chain(), cancelAt), endingAt(chain(), cancelAt)]).toEqual([null, null])
  })

  test('a suspension of the past is told only for its own time, which ends before it is resumed', () => {
    const first = { suspendedAt: at('2026-03-10T00:00:00Z'), resumedAt: at('2026-03-20T00:00:00Z') }
    const second = { suspendedAt: first.resumedAt, resumedAt: at('2026-03-25T00:00:00Z') }
    const facts = chain({ suspensions: [first, second] })
    const moments = [first.suspendedAt - 1, first.suspendedAt, second.suspendedAt - 1, second.suspendedAt]
    expect([...moments, second.resumedAt].map((moment) => suspendedSince(facts, moment))).toEqual([
      null,
      first.suspendedAt,
      first.suspendedAt,
      second.suspendedAt,
      null,
    ])
  })
})

describe('contents: what was bought, overlaid by the changes made since', () => {
  const change = (changedAt: string, from: number, through: number, to: Partial<Change>): Change => ({
    changedAt: at(changedAt),
    fromPosition: from,
    throughPosition: through,
    licenses: null,
    edition: null,
    editionVersion: null,
    ...to,
  })
  const changes = [
    // In March, when April was bought already: both carry 50 from then on.
    change('2026-03-15T00:00:00Z', 1, 2, { licenses: 50 }),
    // In April: another edition for April only, the quantity stays.
    change('2026-04-10T00:00:00Z', 2, 2, { edition: 'oo-std', editionVersion: 4 }),
    change('2026-04-20T00:00:00Z', 2, 2, { licenses: 7 }),
  ]
  const table: [position: number, moment: string, licenses: number, edition: string, version: number][] = [
    [1, '2026-03-14T23:59:59Z', 10, 'oo-lite', 1],
    [1, '2026-03-15T00:00:00Z', 50, 'oo-lite', 1],
    [2, '2026-03-14T23:59:59Z', 20, 'oo-lite', 1],
    [2, '2026-03-15T00:00:00Z', 50, 'oo-lite', 1],
    [2, '2026-04-09T23:59:59Z', 50, 'oo-lite', 1],
    [2, '2026-04-10T00:00:00Z', 50, 'oo-std', 4],
    [2, '2026-04-20T00:00:00Z', 7, 'oo-std', 4],
    // A term that was over stays as it was, and one bought later was bought with its own contents.
    [1, '2026-12-31T00:00:00Z', 50, 'oo-lite', 1],
    [3, '2026-12-31T00:00:00Z', 30, 'oo-lite', 1],
  ]
  test.each(table)(
    'term %i at %s: %i of %s version %i',
    (position, moment, licenses, edition, editionVersion) => {
      const facts = chain({ changes })
      const found = contentsOf(facts, facts.terms[position - 1] as BoughtTerm, at(moment))
      expect(found).toEqual({ licenses, edition, editionVersion })
    },
  )
})
