/**
 * What the sweep could not tell of and has set aside, so that it holds up nothing else: each thing is tried again alone,
 * at a pause that doubles. Kept in memory, since another server, or this one after a start, soon finds it out anew.
 */
import type { Instant } from '../rules/time.ts'

/** One thing on which time brings something: a chain by its number, or a licence of its own by its UUID. */
export interface DueThing {
  readonly kind: 'chain' | 'license'
  readonly id: string
}

/** A thing that could not be told of, and why. */
export interface Stuck {
  readonly thing: DueThing
  readonly error: unknown
}

interface Kept {
  readonly partnerId: number
  readonly thing: DueThing
  readonly tries: number
  readonly nextAt: Instant
}

/** Seconds until the second try, and the most between two tries. */
const firstPause = 2
const longestPause = 3_600

export class SetAside {
  readonly #kept = new Map<string, Kept>()

  get size(): number {
    return this.#kept.size
  }

  /** Sets a thing aside, or notes that it failed once more; answers how often it has, and the pause that follows. */
  add(partnerId: number, thing: DueThing, now: Instant): { tries: number; pauseSeconds: number } {
    const tries = (this.#kept.get(nameOf(partnerId, thing))?.tries ?? 0) + 1
    const pauseSeconds = Math.min(longestPause, firstPause * 2 ** (tries - 1))
    this.#kept.set(nameOf(partnerId, thing), { partnerId, thing, tries, nextAt: now + pauseSeconds })
    return { tries, pauseSeconds }
  }

  remove(partnerId: number, thing: DueThing): void {
    this.#kept.delete(nameOf(partnerId, thing))
  }

  /** What is to be tried again by now, so many at most. */
  toTry(now: Instant, most: number): { partnerId: number; thing: DueThing }[] {
    const ready = [...this.#kept.values()].filter(({ nextAt }) => nextAt <= now)
    return ready.sort((one, other) => one.nextAt - other.nextAt).slice(0, most)
  }

  /** Whose they are and their ids, in two lists of one order, as SQL takes them. */
  lists(kind: DueThing['kind']): { partnerIds: number[]; ids: string[] } {
    const kept = [...this.#kept.values()].filter(({ thing }) => thing.kind === kind)
    return { partnerIds: kept.map(({ partnerId }) => partnerId), ids: kept.map(({ thing }) => thing.id) }
  }
}

function nameOf(partnerId: number, { kind, id }: DueThing): string {
  return `${partnerId} ${kind} ${id}`
}
