/** When a delivery that failed is tried again. */

const minute = 60
const hour = 60 * minute

/** Seconds before each attempt, counted from the end of the one before. */
export const retrySchedule: readonly number[] = [
  0,
  5,
  5 * minute,
  30 * minute,
  2 * hour,
  5 * hour,
  10 * hour,
  14 * hour,
  20 * hour,
  24 * hour,
]

const longestRetryAfter = 24 * hour

/**
 * Seconds until the attempt that follows after so many; null when there is none. The receiver may ask for more time,
 * never for less. Jitter of a tenth keeps what failed together from coming back together.
 */
export function delayAfter(
  attempts: number,
  retryAfter: number | undefined,
  schedule: readonly number[] = retrySchedule,
  random = Math.random(),
): number | null {
  const delay = schedule[attempts]
  if (delay === undefined) return null
  const asked = Math.min(retryAfter ?? 0, longestRetryAfter)
  return Math.max(asked, delay * (0.9 + random / 5))
}

/** Seconds in a `Retry-After` header, which is a number of them or a date. */
export function retryAfterSeconds(header: string | undefined, nowMilliseconds: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header)
  const date = / GMT *$/.test(header) ? Date.parse(header) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - nowMilliseconds) / 1_000))
}
