/**
 * The form that a method fills in. Everything about a method stands in one object: what it takes and gives, what it
 * refuses and in which order, what it announces, who may call it, and the rule itself. Validation, dispatch, the
 * OpenRPC document and the tests are readings of these forms.
 */
import type { z } from 'zod'
import type { EventType } from '../events.ts'
import type { Fault, FaultData, FaultReason, ParamIssue } from '../faults.ts'
import type { Repeat } from '../ledger/entry.ts'
import type { Need } from '../ledger/needs.ts'
import type { Mint, World } from '../ledger/world.ts'
import type { Partner, ScopeName } from '../objects.ts'
import type { Instant } from '../rules/time.ts'
import type { Reader } from '../store/open.ts'

/** Who calls: whoever is behind a verified API key, or the command line of the machine itself. */
export interface Caller {
  readonly partnerId: number
  /** How the caller is named in what it did: `key:<id>`, or `cli`. */
  readonly actor: string
  /** What rate limits count by. */
  readonly keyId: string
  readonly scopes: readonly ScopeName[]
  /** The key as it was presented; never kept, never logged. */
  readonly presented: string
}

/** Makes a refusal that the method has declared. It is to be thrown: only `throw` lets TypeScript narrow. */
export type Refuse<F extends FaultReason> = <R extends F>(reason: R, data: FaultData<R>) => Fault<R>

interface Context<F extends FaultReason> {
  readonly caller: Caller
  /** The present moment of the partner, in Unix seconds; a sandbox has its own. */
  readonly now: Instant
  readonly fault: Refuse<F>
}

/** What a method that decides or looks has before it. */
export interface WorldContext<F extends FaultReason> extends Context<F> {
  readonly world: World
  readonly mint: Mint
  /** Where links lead: the address under which people reach the service. */
  readonly publicUrl: string
}

/** What a method that lists has before it. */
export interface ListContext<F extends FaultReason> extends Context<F> {
  readonly db: Reader
  readonly partner: Partner
  /**
   * Waits for the feed to go past a position, for at most so many milliseconds, holding nothing meanwhile. Answers the
   * last position then, or null when the time is over, the service is stopping, or the call stands in an array.
   */
  wait(after: number, milliseconds: number): Promise<number | null>
  /** Loads single things, as a lookup does, for a list that has found which ones it wants. */
  look<Answer>(needs: readonly Need[], answer: (world: World) => Answer): Promise<Answer>
}

/** A call and its answer, as the reference shows them. */
export interface Example {
  readonly summary: string
  readonly params: Record<string, unknown>
  readonly result: unknown
}

interface Form<P extends z.ZodType, R extends z.ZodType, F extends FaultReason> {
  /** One sentence, in the imperative. */
  readonly summary: string
  readonly details?: string
  readonly params: P
  readonly result: R
  /** Everything the method refuses, in order of precedence: the first that applies is the one returned. */
  readonly faults: readonly F[]
  readonly examples: readonly Example[]
}

/** A method that changes something. Its rule is pure and synchronous. */
export interface Command<P extends z.ZodType, R extends z.ZodType, F extends FaultReason>
  extends Form<P, R, F> {
  readonly kind: 'command'
  /** Any one of these scopes allows the call. */
  readonly scopes: readonly ScopeName[]
  readonly events: readonly EventType[]
  /** What null means in the params: absent, or (in a PATCH) clear. */
  readonly nulls?: 'absent' | 'clear'
  /** Whether the call must not share its group with others. */
  readonly alone?: boolean
  /** The partner whose things the call changes, where that is not the caller's own. */
  partner?(params: z.output<P>): number
  /** Whether `preview` may play it. */
  readonly previewable?: boolean
  /** For a create: how it is recognised when it comes again; null when the caller gave it no id. */
  repeat?(params: z.output<P>): Repeat | null
  /** For a call that is no create: whether sending it twice does no more than sending it once. Unless said, it does. */
  readonly repeatable?: boolean
  /** An address that the call would make the service send to later; whether it may is found out before deciding. */
  reaches?(params: z.output<P>): string | undefined
  needs(params: z.output<P>, now: Instant): Need[]
  /** Problems with the params that only the clock or the partner's settings can show. */
  check?(context: WorldContext<F>, params: z.output<P>): ParamIssue[]
  decide(context: WorldContext<F>, params: z.output<P>): z.output<R>
}

/** A method that answers from single things it names. */
export interface Lookup<P extends z.ZodType, R extends z.ZodType, F extends FaultReason>
  extends Form<P, R, F> {
  readonly kind: 'lookup'
  readonly scopes: readonly ['read']
  /** The param that carries the params of another method; what null means within is for that method to say. */
  readonly carries?: string
  needs(params: z.output<P>, now: Instant): Need[]
  answer(context: WorldContext<F>, params: z.output<P>): z.output<R>
}

/** A method that answers from queries of its own. */
export interface List<P extends z.ZodType, R extends z.ZodType, F extends FaultReason> extends Form<P, R, F> {
  readonly kind: 'list'
  readonly scopes: readonly ScopeName[]
  run(context: ListContext<F>, params: z.output<P>): Promise<z.output<R>>
}

/** A form seen from outside, where its own types do not matter. */
export type AnyCommand = Command<z.ZodType, z.ZodType, FaultReason>
export type AnyLookup = Lookup<z.ZodType, z.ZodType, FaultReason>
export type AnyList = List<z.ZodType, z.ZodType, FaultReason>
export type Method = AnyCommand | AnyLookup | AnyList

/** Every method by its name on the wire. */
export type Registry = Readonly<Record<string, Method>>

export function command<P extends z.ZodType, R extends z.ZodType, const F extends FaultReason>(
  form: Omit<Command<P, R, F>, 'kind'>,
): Command<P, R, F> {
  return { kind: 'command', ...form }
}

export function lookup<P extends z.ZodType, R extends z.ZodType, const F extends FaultReason>(
  form: Omit<Lookup<P, R, F>, 'kind' | 'scopes'>,
): Lookup<P, R, F> {
  return { kind: 'lookup', scopes: ['read'], ...form }
}

export function list<P extends z.ZodType, R extends z.ZodType, const F extends FaultReason>(
  form: Omit<List<P, R, F>, 'kind' | 'scopes'> & { scopes?: readonly ScopeName[] },
): List<P, R, F> {
  return { kind: 'list', scopes: ['read'], ...form }
}

/**
 * Whether a key with these scopes may use a method that asks for one of `wanted`. Every scope includes reading,
 * `admin` includes all of its partner, and `operator` only adds what belongs to the installation.
 */
export function allows(scopes: readonly ScopeName[], wanted: readonly ScopeName[]): boolean {
  return wanted.some(
    (scope) =>
      scope === 'read' ||
      scopes.includes(scope) ||
      (scopes.includes('admin') && (scope === 'orders' || scope === 'licenses')),
  )
}

/** Whether sending this call twice does no more than sending it once, so that a GET may carry it. */
export function isRepeatable(method: Method, params: unknown): boolean {
  if (method.kind !== 'command') return true
  if (method.repeat) return method.repeat(params) !== null
  return method.repeatable ?? true
}
