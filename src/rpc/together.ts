/**
 * Several calls of one caller, decided in one transaction by a script: it decides one, looks at the outcome and goes
 * on to another, or stops. A door that brings many rows at once says through it what becomes of each, by the same
 * methods and the same rules as if each call had come alone.
 */
import { Fault } from '../faults.ts'
import { decideEntry, type Entry, type Outcome } from '../ledger/entry.ts'
import type { Lanes } from '../ledger/lane.ts'
import type { Lookups } from '../ledger/lookups.ts'
import type { World } from '../ledger/world.ts'
import type { Json } from '../rules/canonical.ts'
import type { Instant } from '../rules/time.ts'
import { entryOf } from './entry.ts'
import { allows, type Caller, type Registry } from './method.ts'
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
type ReadGroup = readonly (Entry | Fault)[]

function readGroup(
  calls: readonly GroupCall[],
  registry: Registry,
  origin: { caller: Caller; now: Instant; publicUrl: string },
): ReadGroup {
  return calls.map(({ method: name, params: sent }) => {
    const method = Object.hasOwn(registry, name) ? registry[name] : undefined
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

/** Plays the script in a world in which the group's needs are loaded. */
function play<Result extends object>(world: World, group: ReadGroup, script: Script<Result>): Result {
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

/** What groups are decided with. */
export interface GroupOptions {
  readonly registry: Registry
  readonly lanes: Lanes
  readonly lookups: Lookups
  readonly publicUrl: () => string
}

export class Groups {
  readonly #options: GroupOptions

  constructor(options: GroupOptions) {
    this.#options = options
  }

  /**
   * Decides several calls in one transaction by a script, and answers what it answers; a rehearsal changes nothing.
   * Throws `unavailable`, or whatever went wrong: then none of the calls was carried out, unless the fault says that
   * this is unknown.
   */
  async decide<Result extends object>(
    calls: readonly GroupCall[],
    from: { caller: Caller; now: Instant },
    { script, rehearsal }: { script: Script<Result>; rehearsal: boolean },
  ): Promise<Result> {
    const { registry, lanes, lookups, publicUrl } = this.#options
    const { caller, now } = from
    const group = readGroup(calls, registry, { caller, now, publicUrl: publicUrl() })
    const needs = group.flatMap((call) => (call instanceof Fault ? [] : call.needs))
    const answer = (world: World): Result => play(world, group, script)
    if (rehearsal) return (await lookups.look(caller.partnerId, { needs, realNow: now, answer })) as Result
    const entry: Entry = { ...wholeGroup, needs, realNow: now, actor: caller.actor, decide: answer }
    const outcome = await lanes.submit(caller.partnerId, entry)
    if (outcome.kind === 'refused') throw outcome.fault
    if (outcome.kind === 'failed') throw outcome.error
    return outcome.result as Result
  }
}

/** What an entry for a whole group has of its own: nothing, since each of its calls has all that counts. */
const wholeGroup = { alone: false, request: '', repeat: null, idempotency: null, check: () => [] }
