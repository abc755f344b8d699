/** Where terms start and end, and from when on they may be renewed: the sentences of the contract as tables. */
import { describe, expect, test } from 'vitest'
import {
  anchoredTerm,
  type Conditions,
  type Duration,
  expiresAt,
  mayStartAt,
  monthsOf,
  nextTerm,
  renewableFrom,
} from '../../src/rules/term.ts'
import { at, said } from './calendar.ts'

const conditions = (windowDays = 15, graceDays = 0): Conditions => ({
  windowDays,
  graceDays,
  renewable: true,
})
const M: Duration = 'monthly'
const Y: Duration = 'yearly'

describe('ends are counted from the anchor', () => {
  const table: [why: string, anchor: string, durations: Duration[], ends: string[]][] = [
    [
      'a month that lacks the day ends on its last day, and the next has the day again',
      '2026-01-31T08:00:00Z',
      [M, M, M, M, M],
      [
        '2026-02-28T08:00:00Z',
        '2026-03-31T08:00:00Z',
        '2026-04-30T08:00:00Z',
        '2026-05-31T08:00:00Z',
        '2026-06-30T08:00:00Z',
      ],
    ],
    [
      'in a leap year the same chain ends on 29 February',
      '2028-01-31T08:00:00Z',
      [M, M, M],
      ['2028-02-29T08:00:00Z', '2028-03-31T08:00:00Z', '2028-04-30T08:00:00Z'],
    ],
    [
      '29 February, yearly: 28 February, and 29 February again in leap years',
      '2024-02-29T23:59:59Z',
      [Y, Y, Y, Y, Y],
      [
        '2025-02-28T23:59:59Z',
        '2026-02-28T23:59:59Z',
        '2027-02-28T23:59:59Z',
        '2028-02-29T23:59:59Z',
        '2029-02-28T23:59:59Z',
      ],
    ],
    [
      'the year 2100 is no leap year',
      '2096-02-29T00:00:00Z',
      [Y, Y, Y, Y],
      ['2097-02-28T00:00:00Z', '2098-02-28T00:00:00Z', '2099-02-28T00:00:00Z', '2100-02-28T00:00:00Z'],
    ],
    [
      'changing the duration keeps the day of the anchor',
      '2026-08-31T12:30:00Z',
      [M, Y, M, M, Y],
      [
        '2026-09-30T12:30:00Z',
        '2027-09-30T12:30:00Z',
        '2027-10-31T12:30:00Z',
        '2027-11-30T12:30:00Z',
        '2028-11-30T12:30:00Z',
      ],
    ],
    [
      'also where a year is followed by a month out of February',
      '2024-02-29T00:00:00Z',
      [Y, M, M],
      ['2025-02-28T00:00:00Z', '2025-03-29T00:00:00Z', '2025-04-29T00:00:00Z'],
    ],
    [
      'months go on over the end of the year',
      '2026-11-30T00:00:00Z',
      [M, M, M, M],
      ['2026-12-30T00:00:00Z', '2027-01-30T00:00:00Z', '2027-02-28T00:00:00Z', '2027-03-30T00:00:00Z'],
    ],
    [
      'the hour is that of UTC, also where clocks elsewhere are changed in between',
      '2026-03-15T01:30:00Z',
      [M, M],
      ['2026-04-15T01:30:00Z', '2026-05-15T01:30:00Z'],
    ],
  ]
  test.each(table)('%s', (_why, anchor, durations, ends) => {
    let term = anchoredTerm(at(anchor), durations[0] as Duration)
    const found = [said(term.termEnd)]
    for (const duration of durations.slice(1)) {
      const before = term
      term = nextTerm(term, term.termEnd - 1, duration, conditions())
      expect(term.termStart).toBe(before.termEnd)
      expect(said(term.anchor)).toBe(anchor)
      found.push(said(term.termEnd))
    }
    expect(found).toEqual(ends)
  })

  test('a first term starts at its own anchor and lasts 1 or 12 months', () => {
    expect(monthsOf).toEqual({ monthly: 1, yearly: 12 })
    const start = at('2026-05-05T05:05:05Z')
    expect(anchoredTerm(start, 'yearly')).toEqual({
      anchor: start,
      endMonth: 12,
      termStart: start,
      termEnd: at('2027-05-05T05:05:05Z'),
    })
  })
})

describe('where a renewal starts', () => {
  // The latest term: 31 January until 28 February 2026, noon.
  const latest = anchoredTerm(at('2026-01-31T12:00:00Z'), M)
  const unbroken = {
    anchor: '2026-01-31T12:00:00Z',
    start: '2026-02-28T12:00:00Z',
    end: '2026-03-31T12:00:00Z',
  }
  const table: [when: string, now: string, graceDays: number, term: typeof unbroken][] = [
    ['before the end: at the end, same anchor', '2026-02-20T00:00:00Z', 0, unbroken],
    ['a second before the end', '2026-02-28T11:59:59Z', 0, unbroken],
    ['exactly at the end', '2026-02-28T12:00:00Z', 0, unbroken],
    [
      'a second after the end, without grace: now, and now is the new anchor',
      '2026-02-28T12:00:01Z',
      0,
      { anchor: '2026-02-28T12:00:01Z', start: '2026-02-28T12:00:01Z', end: '2026-03-28T12:00:01Z' },
    ],
    ['exactly at the end, with grace', '2026-02-28T12:00:00Z', 3, unbroken],
    ['in grace: at the end, same anchor', '2026-03-01T00:00:00Z', 3, unbroken],
    ['a second before the end of grace', '2026-03-03T11:59:59Z', 3, unbroken],
    [
      'exactly at the end of grace the chain is expired: now',
      '2026-03-03T12:00:00Z',
      3,
      { anchor: '2026-03-03T12:00:00Z', start: '2026-03-03T12:00:00Z', end: '2026-04-03T12:00:00Z' },
    ],
    [
      'long after: now, and the old day of the month is forgotten',
      '2031-07-30T00:00:00Z',
      3,
      { anchor: '2031-07-30T00:00:00Z', start: '2031-07-30T00:00:00Z', end: '2031-08-30T00:00:00Z' },
    ],
  ]
  test.each(table)('%s', (_when, now, graceDays, term) => {
    const found = nextTerm(latest, at(now), M, conditions(15, graceDays))
    expect({ anchor: said(found.anchor), start: said(found.termStart), end: said(found.termEnd) }).toEqual(
      term,
    )
  })

  test('after a lapse months are counted from the new anchor', () => {
    const lapsed = nextTerm(latest, at('2026-03-31T00:00:00Z'), M, conditions())
    const after = nextTerm(lapsed, lapsed.termEnd, M, conditions())
    expect([said(lapsed.termEnd), said(after.termEnd)]).toEqual([
      '2026-04-30T00:00:00Z',
      '2026-05-31T00:00:00Z',
    ])
    expect([lapsed.endMonth, after.endMonth]).toEqual([1, 2])
  })
})

describe('windows and grace are days of 86,400 seconds', () => {
  const termEnd = at('2026-03-31T12:00:00Z')
  const table: [windowDays: number, opens: string, graceDays: number, runsOut: string][] = [
    [15, '2026-03-16T12:00:00Z', 0, '2026-03-31T12:00:00Z'],
    [0, '2026-03-31T12:00:00Z', 1, '2026-04-01T12:00:00Z'],
    [27, '2026-03-04T12:00:00Z', 27, '2026-04-27T12:00:00Z'],
  ]
  test.each(table)(
    'window of %i days opens at %s; grace of %i days ends at %s',
    (windowDays, opens, graceDays, runsOut) => {
      expect(said(renewableFrom(termEnd, conditions(windowDays)))).toBe(opens)
      expect(said(expiresAt(termEnd, conditions(15, graceDays)))).toBe(runsOut)
    },
  )

  test('the widest window is shorter than the shortest term', () => {
    const february = anchoredTerm(at('2027-02-01T00:00:00Z'), M)
    expect(said(renewableFrom(february.termEnd, conditions(27)))).toBe('2027-02-02T00:00:00Z')
  })
})

describe('a first order may start at most 10 years back and 2 ahead', () => {
  const table: [now: string, startsAt: string, allowed: boolean][] = [
    ['2026-03-01T12:00:00Z', '2026-03-01T12:00:00Z', true],
    ['2026-03-01T12:00:00Z', '2016-03-01T12:00:00Z', true],
    ['2026-03-01T12:00:00Z', '2016-03-01T11:59:59Z', false],
    ['2026-03-01T12:00:00Z', '2028-03-01T12:00:00Z', true],
    ['2026-03-01T12:00:00Z', '2028-03-01T12:00:01Z', false],
    ['2028-02-29T00:00:00Z', '2018-02-28T00:00:00Z', true],
    ['2028-02-29T00:00:00Z', '2018-02-27T23:59:59Z', false],
    ['2028-02-29T00:00:00Z', '2030-02-28T00:00:00Z', true],
    ['2028-02-29T00:00:00Z', '2030-02-28T00:00:01Z', false],
    ['2026-03-01T12:00:00Z', '1970-01-01T00:00:00Z', false],
    ['2026-03-01T12:00:00Z', '9999-12-31T00:00:00Z', false],
  ]
  test.each(table)('now %s, start %s: %s', (now, startsAt, allowed) => {
    expect(mayStartAt(at(startsAt), at(now))).toBe(allowed)
  })
})
