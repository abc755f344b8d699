/**
 * Several calls of one caller, decided in one transaction by a script: it decides one, looks at the outcome and goes
 * on to another, or stops. A door that brings many rows at once says through it what becomes of each, by the same
 * methods and the same rules as if each call had come alone.
 */
import { Fault } from '../faults.ts'
import { decideEntry, type Entry, type Outcome } from '../ledger/entry.ts'
import type { World } from '../ledger/world.ts'
import type { Json } from '../rules/canonical.ts'
import type { Instant } from '../rules/time.ts'
import { entryOf } from './entry.ts'
import { allows, type Caller, type Method } from './method.ts'
import { readParams } from './params.ts'

/** One call that a script may decide. */
export interface GroupCall {
  readonly method: string
  readonly params: Json
}

/** What became of one call, and whether it changed anything. */
export type Decided = Outcome & { readonly changed: boolean }

/** What a script has before it. It may be played more than once, so it must not touch anything but its own answer. */
export interface Stage {
  readonly world: World
  /** Decides a call after everything that was decided before it; `index` counts the calls from 0. */
  decide(index: number): Decided
  /** Decides a call and takes back what it staged. */
  rehearse(index: number): Decided
  /** The names under which a creating call is remembered; none where it is no such call, or its params are not valid. */
  keysOf(index: number): string[]
}

export type Script<Result extends object> = (stage: Stage) => Result

/** Calls that have been read, each as an entry of the ledger or as the refusal it meets before that. */
export type ReadGroup = readonly (Entry | Fault)[]

export function readGroup(
  calls: readonly GroupCall[],
  methodOf: (name: string) => Method | undefined,
  origin: { caller: Caller; now: Instant; publicUrl: string },
): ReadGroup {
  return calls.map(({ method: name, params: sent }) => {
    const method = methodOf(name)
    if (method?.kind !== 'command') throw new Fault('method_unknown', { method: name })
    try {
      if (!allows(origin.caller.scopes, method.scopes))
        throw new Fault('forbidden', { scope: method.scopes.join(' or ') })
      return entryOf({ name, method, sent, params: readParams(method, sent) }, origin)
    } catch (error) {
      if (error instanceof Fault) return error
      throw error
    }
  })
}

/** Everything that the calls of a group look at. */
export function needsOf(group: ReadGroup) {
  return group.flatMap((call) => (call instanceof Fault ? [] : call.needs))
}

/** Plays the script in a world in which the group's needs are loaded. */
export function play<Result extends object>(world: World, group: ReadGroup, script: Script<Result>): Result {
  const decide = (index: number): Decided => {
    const call = group[index] as Entry | Fault
    if (call instanceof Fault) return { kind: 'refused', fault: call, changed: false }
    const before = world.journal.mark()
    const outcome = decideEntry(world, call)
    return { ...outcome, changed: world.journal.mark() !== before }
  }
  return script({
    world,
    decide(index) {
      const decided = decide(index)
      // One call that fails unexpectedly must not be taken for one that was refused.
      if (decided.kind === 'failed') throw decided.error
      return decided
    },
    rehearse(index) {
      const before = world.journal.mark()
      try {
        return decide(index)
      } finally {
        world.journal.rollBack(before)
      }
    },
    keysOf(index) {
      const call = group[index]
      return call instanceof Fault ? [] : (call?.repeat?.keys(world) ?? [])
    },
  })
}

/** The whole group as one entry of the ledger, whose outcome is the script's answer. */
export function entryOfGroup(
  group: ReadGroup,
  origin: { caller: Caller; now: Instant },
  decide: (world: World) => object,
): Entry {
  return {
    needs: needsOf(group),
    realNow: origin.now,
    actor: origin.caller.actor,
    alone: false,
    request: '',
    repeat: null,
    idempotency: null,
    check: () => [],
    decide,
  }
}
