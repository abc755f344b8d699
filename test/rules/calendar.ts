/**
 * A calendar of the tests' own, made of whole numbers alone: days are counted from 1970-01-01 without any date
 * library, so that what the rules compute is held against a second formulation and not against itself.
 */

/** Unix seconds of an instant written as RFC 3339 text or as a UTC date. */
export function at(text: string): number {
  const [date = '', time = '00:00:00Z'] = text.split('T')
  const [year, month, day] = date.split('-').map(Number) as [number, number, number]
  const [hours, minutes, seconds] = time.replace('Z', '').split(':').map(Number) as [number, number, number]
  return daysFromCivil(year, month, day) * 86_400 + hours * 3_600 + minutes * 60 + seconds
}

/** An instant as RFC 3339 text, so that a failing table reads in dates. */
export function said(instant: number): string {
  const { year, month, day } = civilFromDays(Math.floor(instant / 86_400))
  const rest = instant - Math.floor(instant / 86_400) * 86_400
  const two = (value: number): string => String(value).padStart(2, '0')
  const time = `${two(Math.floor(rest / 3_600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`
  return `${year}-${two(month)}-${two(day)}T${time}Z`
}

/** Days from 1970-01-01 to a day of the Gregorian calendar; years are counted from March, so that leap days come last. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month > 2 ? year : year - 1
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The day of the Gregorian calendar that is so many days after 1970-01-01. */
export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const passed = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096)
  const yearOfEra = Math.floor((dayOfEra - passed) / 365)
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function lengthOfMonth(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && isLeap ? 29 : (monthLengths[month - 1] as number)
}

/** So many calendar months after an instant, in UTC; a day that the month lacks becomes its last. */
export function monthsAfter(instant: number, months: number): number {
  const days = Math.floor(instant / 86_400)
  const { year, month, day } = civilFromDays(days)
  const counted = year * 12 + (month - 1) + months
  const [toYear, toMonth] = [Math.floor(counted / 12), (counted % 12) + 1]
  const toDay = Math.min(day, lengthOfMonth(toYear, toMonth))
  return daysFromCivil(toYear, toMonth, toDay) * 86_400 + (instant - days * 86_400)
}
