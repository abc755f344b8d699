/** Makes a command's call into an entry of the ledger, which knows no method by name. */
import { Fault, type FaultReason, type ParamIssue, paramsInvalid } from '../faults.ts'
import { type Entry, type IdempotencyKey, idempotencyKey } from '../ledger/entry.ts'
import type { World } from '../ledger/world.ts'
import { limits } from '../limits.ts'
import { canonical, type Json } from '../rules/canonical.ts'
import type { Instant } from '../rules/time.ts'
import type { AnyCommand, Caller, Refuse, WorldContext } from './method.ts'

/** A call whose params have been read: `sent` as they came, `params` as the method's shape made them. */
export interface ReadCall {
  readonly name: string
  readonly method: AnyCommand
  readonly sent: Json
  readonly params: unknown
}

/** Where a call comes from. */
export interface Origin {
  readonly caller: Caller
  readonly now: Instant
  readonly publicUrl: string
  readonly idempotencyKey?: string | undefined
  /** Handed on to whoever watches groups. */
  readonly mark?: object | undefined
  /** Problems with the params that were found before, by asking outside. */
  readonly issues?: readonly ParamIssue[]
}

export const refuse: Refuse<FaultReason> = (reason, data) => new Fault(reason, data)

/** What a deciding or looking method has before it. */
export function contextOf(world: World, caller: Caller, publicUrl: string): WorldContext<FaultReason> {
  return { world, mint: world.mint, publicUrl, caller, now: world.now, fault: refuse }
}

export function entryOf({ name, method, sent, params }: ReadCall, origin: Origin): Entry {
  const { caller, now, publicUrl } = origin
  const repeat = method.repeat?.(params) ?? null
  const key = repeat ? null : keyOf(origin)
  const needed = method.needs(params, now)
  return {
    needs: key ? [...needed, { kind: 'idempotency', keyDigest: key.digest }] : needed,
    realNow: now,
    actor: caller.actor,
    alone: method.alone ?? false,
    request: `{"method":${JSON.stringify(name)},"params":${canonical(sent)}}`,
    repeat,
    idempotency: key,
    mark: origin.mark,
    check: (world) => [
      ...(origin.issues ?? []),
      ...(method.check?.(contextOf(world, caller, publicUrl), params) ?? []),
    ],
    decide: (world) => method.decide(contextOf(world, caller, publicUrl), params) as object,
  }
}

/** The header may be quoted, as a structured field is, or plain. */
function keyOf({ caller, idempotencyKey: sent }: Origin): IdempotencyKey | null {
  if (sent === undefined) return null
  const key = /^"(.*)"$/.exec(sent)?.[1] ?? sent
  if (key.length === 0 || key.length > limits.idempotencyKeyCharacters)
    throw paramsInvalid([
      { path: 'idempotency-key', message: `must have 1 to ${limits.idempotencyKeyCharacters} characters` },
    ])
  return idempotencyKey(caller.presented, key)
}
