/**
 * Where a term starts and ends, and from when on it may be renewed. Terms are half-open: at its end a term is
 * over. Ends are counted in calendar months from the chain's anchor, in UTC, so that a chain begun on 31 January
 * ends on 28 February, 31 March, 30 April and never drifts.
 */
import { limits } from '../limits.ts'
import type { Conditions, Duration, Instant, Term } from '../objects.ts'
import { addMonths, secondsPerDay } from './time.ts'

export type { Conditions, Duration, Term } from '../objects.ts'

/** Calendar months that one term of a duration lasts. */
export const monthsOf: Record<Duration, number> = { monthly: 1, yearly: 12 }

/** The first term of a chain, or the first after a lapse: it starts at its own anchor. */
export function anchoredTerm(anchor: Instant, duration: Duration): Term {
  const endMonth = monthsOf[duration]
  return { anchor, endMonth, termStart: anchor, termEnd: addMonths(anchor, endMonth) }
}

/** The instant from which the latest term may be renewed. Exactly the window's days left is allowed. */
export function renewableFrom(termEnd: Instant, conditions: Conditions): Instant {
  return termEnd - conditions.windowDays * secondsPerDay
}

/** The instant at which a term that was not renewed has run out for good: its end plus the days of grace. */
export function expiresAt(termEnd: Instant, conditions: Conditions): Instant {
  return termEnd + conditions.graceDays * secondsPerDay
}

/**
 * The term that a renewal at `now` buys. Up to the end of the latest term, and within grace, it follows without
 * a gap and keeps the anchor; later it starts now, and now is the new anchor.
 */
export function nextTerm(latest: Term, now: Instant, duration: Duration, conditions: Conditions): Term {
  const unbroken = now <= latest.termEnd || now < expiresAt(latest.termEnd, conditions)
  if (!unbroken) return anchoredTerm(now, duration)
  const endMonth = latest.endMonth + monthsOf[duration]
  return {
    anchor: latest.anchor,
    endMonth,
    termStart: latest.termEnd,
    termEnd: addMonths(latest.anchor, endMonth),
  }
}

/** Whether a first order may start at that instant: at most 10 years back and 2 ahead of now. */
export function mayStartAt(startsAt: Instant, now: Instant): boolean {
  return (
    startsAt >= addMonths(now, -12 * limits.startYearsBack) &&
    startsAt <= addMonths(now, 12 * limits.startYearsAhead)
  )
}
