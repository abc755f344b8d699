/**
 * The exhaustive walk over terms and dates. It hands every result to whoever wants to check it and condenses all of
 * them into one digest, so that runs under different machine time zones can be compared by one line of text. Started
 * as a program it prints the digests.
 */
import { createHash } from 'node:crypto'
import {
  anchoredTerm,
  type Conditions,
  type Duration,
  nextTerm,
  renewableFrom,
  type Term,
} from '../../src/rules/term.ts'
import { instantOf } from '../../src/rules/time.ts'
import { at, civilFromDays } from './calendar.ts'

/** One step of the walk: a renewal of `latest` at `now`, or a first term when there is no latest. */
export interface Step {
  readonly latest: Term | null
  readonly now: number
  readonly duration: Duration
  readonly conditions: Conditions
  readonly term: Term
  readonly renewableFrom: number
}

export const firstDay = at('2000-01-01') / 86_400
export const lastDay = at('2100-12-31') / 86_400

const durations: Duration[] = ['monthly', 'yearly']
const withoutGrace: Conditions = { windowDays: 15, graceDays: 0, renewable: true }
const withGrace: Conditions = { windowDays: 27, graceDays: 10, renewable: true }

class Digest {
  readonly #hash = createHash('sha256')
  readonly #numbers = new Float64Array(8_192)
  #used = 0

  add(...numbers: number[]): void {
    for (const number of numbers) {
      if (this.#used === this.#numbers.length) this.#flush()
      this.#numbers[this.#used++] = number
    }
  }

  #flush(): void {
    this.#hash.update(this.#numbers.subarray(0, this.#used))
    this.#used = 0
  }

  text(): string {
    this.#flush()
    return this.#hash.digest('hex')
  }
}

/**
 * Every start day of the century with a time of day of its own, both durations, a chain of renewals that changes its
 * duration on the way, and a renewal at every edge of the window and of the grace.
 */
export function walkTerms(see: (step: Step) => void): string {
  const digest = new Digest()
  const visit = (latest: Term | null, now: number, duration: Duration, conditions: Conditions): Term => {
    const term = latest ? nextTerm(latest, now, duration, conditions) : anchoredTerm(now, duration)
    const opens = renewableFrom(term.termEnd, conditions)
    digest.add(term.anchor, term.endMonth, term.termStart, term.termEnd, opens)
    see({ latest, now, duration, conditions, term, renewableFrom: opens })
    return term
  }
  for (let day = firstDay; day <= lastDay; day++) {
    const start = day * 86_400 + ((day * 7_919) % 86_400)
    for (const [index, duration] of durations.entries()) {
      const other = durations[1 - index] as Duration
      let term = visit(null, start, duration, withoutGrace)
      for (const next of [duration, duration, other, duration])
        term = visit(term, term.termEnd, next, withoutGrace)
      const { termEnd } = term
      const graceEnd = termEnd + 10 * 86_400
      visit(term, termEnd - 1, duration, withoutGrace)
      visit(term, termEnd + 1, duration, withoutGrace)
      for (const now of [termEnd + 1, graceEnd - 1, graceEnd, graceEnd + 1])
        visit(term, now, duration, withGrace)
    }
  }
  return digest.text()
}

/** Zones whose clocks jump over midnight, fall back over it, skip a whole day, or have odd offsets. */
export const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'America/Santiago',
  'America/St_Johns',
  'America/Scoresbysund',
  'Africa/Cairo',
  'Asia/Amman',
  'Asia/Kolkata',
  'Atlantic/Azores',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Kiritimati',
]

/** A date alone in each zone: all days on which any of these clocks was changed over midnight, and a sample of others. */
export function walkDates(see: (date: string, zone: string, start: number, until: number) => void): string {
  const digest = new Digest()
  const days = new Set(changedAtMidnight.map((date) => at(date) / 86_400))
  for (let day = firstDay; day < at('2031-01-01') / 86_400; day += 37) days.add(day)
  for (const day of days) {
    const { year, month, day: dayOfMonth } = civilFromDays(day)
    const date = `${year}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`
    for (const zone of zones) {
      const start = instantOf(date, zone)
      const until = instantOf(date, zone, 'until')
      digest.add(start, until)
      see(date, zone, start, until)
    }
  }
  return digest.text()
}

const changedAtMidnight = [
  '2000-09-29',
  '2005-10-30',
  '2010-10-31',
  '2011-12-29',
  '2011-12-30',
  '2011-12-31',
  '2015-10-30',
  '2017-10-15',
  '2018-02-18',
  '2018-11-04',
  '2019-04-07',
  '2019-09-08',
  '2020-10-30',
  '2023-04-28',
  '2023-10-26',
  '2025-10-26',
  '2026-03-08',
  '2026-11-01',
]

const nothing = (): void => {}

if (import.meta.main)
  process.stdout.write(
    `${process.env.TZ} ${new Date(0).getTimezoneOffset()} ${walkTerms(nothing)} ${walkDates(nothing)}\n`,
  )
