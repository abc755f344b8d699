/**
 * Instants and how they are said. Inside Tenure an instant is a whole number of Unix seconds; callers may also
 * say it as RFC 3339 text or as a date alone, which means something only in a time zone.
 */
import { tzOffset } from '@date-fns/tz'
import { utc } from '@date-fns/utc'
// The whole of date-fns takes a second to load; this one function does not.
import { addMonths as addMonthsIn } from 'date-fns/addMonths'
import type { Instant } from '../objects.ts'

export type { Instant } from '../objects.ts'

/** An instant as a caller may write it: Unix seconds, RFC 3339 text, or `YYYY-MM-DD`. */
export type InstantInput = number | string

export const secondsPerDay = 86_400

const dateAlone = /^(\d{4})-(\d{2})-(\d{2})$/
const dateAndTime =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.\d{1,9})?(?:[Zz]|[+-](\d{2}):(\d{2}))$/

/** The last instant that can be said: 9999-12-31T23:59:59Z. */
export const latestInstant: Instant = 253_402_300_799

/**
 * Calendar months after an instant, counted in UTC whatever the machine's zone. A day that the target month
 * lacks becomes its last day, so months must always be counted from an anchor and never from a clamped end.
 */
export function addMonths(instant: Instant, months: number): Instant {
  return addMonthsIn(instant * 1000, months, { in: utc }).getTime() / 1000
}

function daysInMonth(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function isCalendarDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && year >= 1970 && day <= daysInMonth(year, month)
}

/** Whether a text is an instant that `instantOf` can read. */
export function isInstantText(text: string): boolean {
  const date = dateAlone.exec(text)
  if (date) return isCalendarDay(Number(date[1]), Number(date[2]), Number(date[3]))
  const full = dateAndTime.exec(text)
  if (!full) return false
  if (!isCalendarDay(Number(full[1]), Number(full[2]), Number(full[3]))) return false
  if (Number(full[4]) > 23 || Number(full[5]) > 59 || Number(full[6]) > 59) return false
  return Number(full[7] ?? 0) <= 23 && Number(full[8] ?? 0) <= 59
}

/**
 * The instant that a caller meant. A date alone is the start of that day in `timeZone`; when it says until
 * when something holds (`as: 'until'`) the day itself is included, so the exclusive instant is the next day's start.
 * The fraction of a second is dropped, because everything here counts in whole seconds.
 */
export function instantOf(input: InstantInput, timeZone: string, as: 'start' | 'until' = 'start'): Instant {
  if (typeof input === 'number') return input
  const date = dateAlone.exec(input)
  if (!date) return Math.floor(Date.parse(input.replace(' ', 'T').toUpperCase()) / 1000)
  const day = Number(date[3]) + (as === 'until' ? 1 : 0)
  return startOfDay(Date.UTC(Number(date[1]), Number(date[2]) - 1, day), timeZone)
}

/**
 * The first instant of a day in a time zone, whatever the machine's own zone. Where clocks are put back over
 * midnight it comes twice and the first counts; where they are put forward over it the day begins later. `midnight`
 * is the day's 00:00 as if it were UTC, in milliseconds.
 */
function startOfDay(midnight: number, timeZone: string): Instant {
  const offsetAt = (milliseconds: number): number => tzOffset(timeZone, new Date(milliseconds)) * 60_000
  const dayAround = [-secondsPerDay * 1000, secondsPerDay * 1000]
  const candidates = dayAround.map((shift) => midnight - offsetAt(midnight + shift))
  const real = candidates.filter((candidate) => candidate + offsetAt(candidate) === midnight)
  return Math.floor((real.length > 0 ? Math.min(...real) : Math.max(...candidates)) / 1000)
}

/** Whether this installation knows a time zone of that name (IANA, such as `Europe/Berlin`). */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
