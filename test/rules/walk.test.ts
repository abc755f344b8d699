/**
 * Every start day of a century against a second formulation of the calendar, against PostgreSQL, and under several
 * time zones of the machine: where a term ends must not depend on where the service stands.
 */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import { monthsOf } from '../../src/rules/term.ts'
import { addMonths } from '../../src/rules/time.ts'
import { withClient } from '../database.ts'
import { at, monthsAfter, said } from './calendar.ts'
import { firstDay, lastDay, type Step, walkDates, walkTerms, zones } from './walk.ts'

/** What the contract says of a term, in this file's own arithmetic. */
function expected({ latest, now, duration, conditions }: Step) {
  const months = duration === 'monthly' ? 1 : 12
  const graceEnd = latest ? latest.termEnd + conditions.graceDays * 86_400 : now
  const follows = latest !== null && (now <= latest.termEnd || now < graceEnd)
  const anchor = follows ? latest.anchor : now
  const endMonth = (follows ? latest.endMonth : 0) + months
  const termStart = follows ? latest.termEnd : now
  const termEnd = monthsAfter(anchor, endMonth)
  return {
    term: { anchor, endMonth, termStart, termEnd },
    renewableFrom: termEnd - conditions.windowDays * 86_400,
  }
}

const machineZones = ['America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'Europe/Berlin']
const digestsElsewhere = Promise.all(
  machineZones.map(async (TZ) => {
    const walk = new URL('walk.ts', import.meta.url).pathname
    const { stdout } = await promisify(execFile)(process.execPath, [walk], { env: { ...process.env, TZ } })
    const [zone, offset, terms, dates] = stdout.trim().split(' ')
    return { zone, offset: Number(offset), terms, dates }
  }),
)

// Four other machines walk at the same time, so a busy one may need long.
const patience = { timeout: 120_000 }

test('every start day from 2000 to 2100, both durations, renewed at every edge', patience, async () => {
  let steps = 0
  const wrong: string[] = []
  const terms = walkTerms((step) => {
    steps += 1
    const { term, renewableFrom } = expected(step)
    const isSame =
      term.anchor === step.term.anchor &&
      term.endMonth === step.term.endMonth &&
      term.termStart === step.term.termStart &&
      term.termEnd === step.term.termEnd &&
      renewableFrom === step.renewableFrom
    // A window is shorter than any term, or a term could be renewed before it has begun.
    if (!isSame || step.renewableFrom <= step.term.termStart || step.term.termEnd <= step.term.termStart)
      wrong.push(
        `${said(step.now)} ${step.duration}: ${said(step.term.termStart)} until ${said(step.term.termEnd)}`,
      )
  })
  expect(wrong.slice(0, 10)).toEqual([])
  expect(steps).toBe((lastDay - firstDay + 1) * 2 * 11)
  for (const elsewhere of await digestsElsewhere) expect(elsewhere).toMatchObject({ terms })
})

test(
  'a date alone is the first instant of that day, in zones that jump over midnight or fall back over it',
  patience,
  async () => {
    const wrong: string[] = []
    let dates = 0
    const digest = walkDates((date, zone, start, until) => {
      dates += 1
      const next = said(at(date) + 86_400).slice(0, 10)
      const [first, last] = [firstInstantOf(date, zone), firstInstantOf(next, zone)]
      if (start !== first || until !== last)
        wrong.push(
          `${date} in ${zone}: ${said(start)} until ${said(until)}, not ${said(first)} until ${said(last)}`,
        )
    })
    expect(wrong).toEqual([])
    expect(dates).toBeGreaterThan(300 * zones.length)
    for (const elsewhere of await digestsElsewhere) expect(elsewhere).toMatchObject({ dates: digest })
  },
)

test('the machines of the comparison really stood elsewhere', patience, async () => {
  const offsets = (await digestsElsewhere).map(({ zone, offset }) => [zone, offset])
  expect(offsets).toEqual([
    ['America/New_York', 300],
    ['Asia/Kolkata', -330],
    ['Pacific/Apia', 660],
    ['Europe/Berlin', -60],
  ])
})

test('months are what PostgreSQL means by them', async () => {
  const sample: { instant: number; months: number }[] = []
  for (let day = firstDay; day <= lastDay; day += 7)
    for (const months of [monthsOf.monthly, 2, 11, monthsOf.yearly, 13, 48, -120, 24])
      sample.push({ instant: day * 86_400 + ((day * 104_729) % 86_400), months })
  const rows = await withClient(inject('serverUrl'), async (client) => {
    await client.query("set TimeZone to 'UTC'")
    const { rows } = await client.query<{ instant: number; months: number; later: string }>(
      `select instant::float8 as instant, months, extract(epoch from
          to_timestamp(instant) + make_interval(months => months)) as later
        from json_to_recordset($1::json) as sample (instant bigint, months integer)`,
      [JSON.stringify(sample)],
    )
    return rows
  })
  expect(rows).toHaveLength(sample.length)
  const differing = rows.filter(({ instant, months, later }) => addMonths(instant, months) !== Number(later))
  expect(differing.slice(0, 10)).toEqual([])
})

const calendars = new Map<string, Intl.DateTimeFormat>()

/** The first quarter of an hour that wall clocks in the zone date as this day, or as a later one where it never was. */
function firstInstantOf(date: string, zone: string): number {
  const options = { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' } as const
  const calendar = calendars.get(zone) ?? new Intl.DateTimeFormat('sv-SE', options)
  calendars.set(zone, calendar)
  // No clock runs more than 14 hours ahead of UTC, and none had shown this day a whole day before that.
  for (let instant = at(date) - 15 * 3_600; ; instant += 900)
    if (calendar.format(instant * 1000) >= date) return instant
}
