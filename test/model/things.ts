/**
 * What the things of the reference model have in common: a story that the feed must tell, and names for the UUIDs that
 * only the service can make up.
 */
import type { Instant } from './calendar.ts'

/** One event that the feed must tell of a thing. */
export interface Happening {
  readonly type: string
  readonly at: Instant
  readonly object: string
  readonly data: Record<string, unknown>
}

/** Stands for a UUID until the service has said it; `Names` keeps what it said. */
export const unnamed = (what: string): string => `§${what.toLowerCase()}`
/** The same for a text or a number that is no UUID, such as a key, a secret or the number of a partner. */
export const textOf = (what: string): string => `§text ${what}`
export const isUnnamed = (value: unknown): boolean => typeof value === 'string' && value.startsWith('§')

/** The UUID that a caller gave, which means the same in any case, or the name of the one that the service makes up. */
export const uuidOf = (given: string | undefined, what: string): string =>
  given === undefined ? unnamed(what) : given.toLowerCase()

/** Adds to a story. Every event is a version of its thing, which the facts that it tells have already. */
export function tell(
  story: Happening[],
  type: string,
  at: Instant,
  facts: () => { object: string; data: Record<string, unknown> },
): void {
  const happening = { type, at, object: '', data: {} }
  story.push(happening)
  Object.assign(happening, facts())
}

export const isSameText = (one: string | null | undefined, other: string | null | undefined): boolean =>
  typeof one === 'string' && typeof other === 'string' && one.toLowerCase() === other.toLowerCase()

export const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
