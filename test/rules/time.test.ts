/** How instants are said: whole seconds, RFC 3339 text, and dates that mean something only in a time zone. */
import { describe, expect, test } from 'vitest'
import { addMonths, instantOf, isInstantText, isTimeZone, latestInstant } from '../../src/rules/time.ts'
import { at, said } from './calendar.ts'

describe('texts that are instants', () => {
  const table: [text: string, instant: string][] = [
    ['2026-11-21T08:00:00Z', '2026-11-21T08:00:00Z'],
    ['2026-11-21t08:00:00z', '2026-11-21T08:00:00Z'],
    ['2026-11-21 08:00:00Z', '2026-11-21T08:00:00Z'],
    ['2026-11-21T08:00:00+00:00', '2026-11-21T08:00:00Z'],
    ['2026-11-21T08:00:00-00:00', '2026-11-21T08:00:00Z'],
    ['2026-11-21T08:00:00+01:00', '2026-11-21T07:00:00Z'],
    ['2026-11-21T23:30:00-05:45', '2026-11-22T05:15:00Z'],
    ['2026-11-21T08:00:00+14:00', '2026-11-20T18:00:00Z'],
    ['2026-11-21T08:00:00.5Z', '2026-11-21T08:00:00Z'],
    ['2026-11-21T08:00:00.999999999Z', '2026-11-21T08:00:00Z'],
    ['2026-11-21t08:00:00.25-01:00', '2026-11-21T09:00:00Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00Z'],
    ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
  ]
  test.each(table)('%s', (text, instant) => {
    expect(isInstantText(text)).toBe(true)
    // With a time of day the time zone of the partner means nothing, and neither does `until`.
    expect(said(instantOf(text, 'Asia/Tokyo'))).toBe(instant)
    expect(said(instantOf(text, 'Asia/Tokyo', 'until'))).toBe(instant)
  })

  test('a number is the instant itself', () => {
    expect(instantOf(1_684_313_717, 'Asia/Tokyo', 'until')).toBe(1_684_313_717)
    expect(said(latestInstant)).toBe('9999-12-31T23:59:59Z')
  })
})

describe('texts that are not', () => {
  const table = [
    '',
    'tomorrow',
    '1684313717',
    '2026',
    '2026-11',
    '2026-11-21T08:00Z',
    '2026-11-21T08:00:00',
    '2026-11-21T08:00:00 Z',
    '2026-11-21T08:00:00+0100',
    '2026-11-21T08:00:00+01',
    '2026-11-21T08:00:00+24:00',
    '2026-11-21T08:00:00+01:60',
    '2026-11-21T24:00:00Z',
    '2026-11-21T08:60:00Z',
    '2026-11-21T08:00:60Z',
    '2026-11-21T08:00:00.Z',
    '2026-11-21T08:00:00.1234567890Z',
    '2026-11-21T08:00:00Zulu',
    ' 2026-11-21T08:00:00Z',
    '2026-11-21\n',
    '2026-00-21',
    '2026-13-21',
    '2026-11-00',
    '2026-11-31',
    '2026-02-29',
    '2100-02-29',
    '2026-1-2',
    '21.11.2026',
    '1969-12-31',
    '1969-12-31T23:59:59Z',
    '+002026-11-21',
    '12026-11-21',
    '２０２６-11-21',
  ]
  test.each(table)('%j', (text) => {
    expect(isInstantText(text)).toBe(false)
  })
})

describe('a date alone, as a start and as an until', () => {
  const table: [zone: string, date: string, start: string, until: string, why: string][] = [
    ['UTC', '2026-11-21', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z', 'the day as it is'],
    ['UTC', '2026-12-31', '2026-12-31T00:00:00Z', '2027-01-01T00:00:00Z', 'the last day of a year'],
    ['UTC', '2028-02-28', '2028-02-28T00:00:00Z', '2028-02-29T00:00:00Z', 'the day before a leap day'],
    ['UTC', '2028-02-29', '2028-02-29T00:00:00Z', '2028-03-01T00:00:00Z', 'a leap day'],
    ['Europe/Berlin', '2026-01-01', '2025-12-31T23:00:00Z', '2026-01-01T23:00:00Z', 'winter time'],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', 'a day of 23 hours'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', 'a day of 25 hours'],
    ['America/New_York', '2026-07-04', '2026-07-04T04:00:00Z', '2026-07-05T04:00:00Z', 'behind UTC'],
    ['Asia/Kolkata', '2026-07-04', '2026-07-03T18:30:00Z', '2026-07-04T18:30:00Z', 'half an hour'],
    ['Asia/Kathmandu', '2026-07-04', '2026-07-03T18:15:00Z', '2026-07-04T18:15:00Z', 'three quarters'],
    ['Pacific/Kiritimati', '2026-07-04', '2026-07-03T10:00:00Z', '2026-07-04T10:00:00Z', 'farthest ahead'],
    [
      'America/Sao_Paulo',
      '2018-11-04',
      '2018-11-04T03:00:00Z',
      '2018-11-05T02:00:00Z',
      'no midnight: begins at 1',
    ],
    ['America/Sao_Paulo', '2018-02-17', '2018-02-17T02:00:00Z', '2018-02-18T03:00:00Z', 'put back to 23:00'],
    ['Africa/Cairo', '2023-04-28', '2023-04-27T22:00:00Z', '2023-04-28T21:00:00Z', 'no midnight'],
    ['America/Havana', '2026-03-08', '2026-03-08T05:00:00Z', '2026-03-09T04:00:00Z', 'no midnight'],
    ['America/Havana', '2026-11-01', '2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z', 'midnight twice'],
    ['Asia/Amman', '2020-10-30', '2020-10-29T21:00:00Z', '2020-10-30T22:00:00Z', 'midnight twice'],
    ['Atlantic/Azores', '2026-10-25', '2026-10-25T00:00:00Z', '2026-10-26T01:00:00Z', 'midnight twice'],
    [
      'Pacific/Apia',
      '2011-12-29',
      '2011-12-29T10:00:00Z',
      '2011-12-30T10:00:00Z',
      'before a day that never was',
    ],
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00:00Z', '2011-12-30T10:00:00Z', 'a day that never was'],
    [
      'Pacific/Apia',
      '2011-12-31',
      '2011-12-30T10:00:00Z',
      '2011-12-31T10:00:00Z',
      'after a day that never was',
    ],
    ['UTC', '9999-12-31', '9999-12-31T00:00:00Z', '10000-01-01T00:00:00Z', 'the last day that can be said'],
  ]
  test.each(table)('%s, %s: %s until %s (%s)', (zone, date, start, until) => {
    expect(isInstantText(date)).toBe(true)
    expect(said(instantOf(date, zone))).toBe(start)
    expect(said(instantOf(date, zone, 'until'))).toBe(until)
  })
})

describe('calendar months', () => {
  const table: [from: string, months: number, to: string][] = [
    ['2026-01-31T10:00:00Z', 1, '2026-02-28T10:00:00Z'],
    ['2026-01-31T10:00:00Z', 2, '2026-03-31T10:00:00Z'],
    ['2026-03-31T10:00:00Z', -1, '2026-02-28T10:00:00Z'],
    ['2028-02-29T10:00:00Z', 12, '2029-02-28T10:00:00Z'],
    ['2028-02-29T10:00:00Z', -48, '2024-02-29T10:00:00Z'],
    ['2026-03-29T01:30:00Z', 7, '2026-10-29T01:30:00Z'],
    ['2026-12-31T23:59:59Z', 0, '2026-12-31T23:59:59Z'],
  ]
  test.each(table)('%s and %i months: %s', (from, months, to) => {
    expect(said(addMonths(at(from), months))).toBe(to)
  })
})

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['america/new_york', true],
  ['Mars/Olympus', false],
  ['', false],
])('time zone %j is known: %s', (name, known) => {
  expect(isTimeZone(name)).toBe(known)
})
