/**
 * The calendar of the reference model, counted by hand from year, month and day. It uses no Date and nothing of the
 * service, so that a mistake in one of the two shows as a difference.
 */

export type Instant = number

export const day = 86_400

interface Civil {
  year: number
  month: number
  day: number
  /** Seconds since midnight, UTC. */
  second: number
}

function isLeap(year: number): boolean {
  return year % 400 === 0 || (year % 4 === 0 && year % 100 !== 0)
}

export function daysOf(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28
  return [4, 6, 9, 11].includes(month) ? 30 : 31
}

function leapYearsBefore(year: number): number {
  const last = year - 1
  return Math.floor(last / 4) - Math.floor(last / 100) + Math.floor(last / 400)
}

function daysBefore({ year, month, day }: Omit<Civil, 'second'>): number {
  let days = 365 * (year - 1970) + leapYearsBefore(year) - leapYearsBefore(1970) + day - 1
  for (let earlier = 1; earlier < month; earlier++) days += daysOf(year, earlier)
  return days
}

export function instantOf(civil: Civil): Instant {
  return daysBefore(civil) * day + civil.second
}

export function civilOf(instant: Instant): Civil {
  const days = Math.floor(instant / day)
  let year = 1970 + Math.floor(days / 366)
  while (daysBefore({ year: year + 1, month: 1, day: 1 }) <= days) year++
  let left = days - daysBefore({ year, month: 1, day: 1 })
  let month = 1
  while (left >= daysOf(year, month)) left -= daysOf(year, month++)
  return { year, month, day: left + 1, second: instant - days * day }
}

/** So many months after an instant, on `wantedDay` where the month has it and on its last day where not. */
export function monthsAfter(
  instant: Instant,
  months: number,
  wantedDay: number = civilOf(instant).day,
): Instant {
  const { year, month, second } = civilOf(instant)
  const counted = year * 12 + (month - 1) + months
  const target = { year: Math.floor(counted / 12), month: (counted % 12) + 1 }
  return instantOf({ ...target, day: Math.min(wantedDay, daysOf(target.year, target.month)), second })
}

const two = (value: number): string => String(value).padStart(2, '0')

/** The date alone. */
export function dateText(instant: Instant): string {
  const { year, month, day } = civilOf(instant)
  return `${year}-${two(month)}-${two(day)}`
}

/** The same instant as RFC 3339 text, told in a zone so many hours east of UTC. */
export function instantText(instant: Instant, hoursEast = 0): string {
  const local = instant + hoursEast * 3_600
  const { second } = civilOf(local)
  const time = [Math.floor(second / 3_600), Math.floor(second / 60) % 60, second % 60].map(two).join(':')
  return `${dateText(local)}T${time}${hoursEast === 0 ? 'Z' : `+${two(hoursEast)}:00`}`
}
