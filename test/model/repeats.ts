/** How a creating call is known again, by the ids that it names and by nothing else. */
import type { Reference } from './reference.ts'
import { type Call, differing, type Params, Refusal, type Verdict } from './verdict.ts'

/** Who took an id. */
export interface Taken {
  /** The creating call; null where the id was taken in another way, as by a renaming. */
  readonly call: Call | null
  /** What the call had to answer, and the name under which its very answer is kept. */
  readonly answer: Record<string, unknown>
  readonly name: string
}

export type Takers = readonly (Taken | undefined)[]

/** The first answer again, where this very call was made before. The first id that is taken tells by whom. */
export function recall(takers: Takers, { method, params }: Call): Verdict | undefined {
  const taken = takers.find((one) => one !== undefined)
  if (taken?.call?.method !== method || differing(params, taken.call.params).length > 0) return undefined
  return { kind: 'done', answer: taken.answer, repeats: taken.name }
}

export function refuseTaken(takers: Takers, id: string, params: Params, reason: string): void {
  const taken = takers.find((one) => one !== undefined)
  if (!taken) return
  const differs = taken.call ? differing(params, taken.call.params) : ['id']
  throw new Refusal(reason, { id, differs: differs.length > 0 ? differs : ['method'] })
}

export function takersOf({ state }: Reference, keys: readonly string[]): Takers {
  return keys.map((key) => state.requests.get(key))
}

/** Keeps a creating call under all the ids that it named. */
export function keep(
  { state }: Reference,
  keys: readonly string[],
  call: Call,
  answer: Record<string, unknown>,
): Verdict {
  const name = keys[0] ?? `unnamed ${state.requests.size}`
  for (const key of keys) state.requests.set(key, { call, answer, name })
  return keys.length > 0 ? { kind: 'done', answer, creates: name } : { kind: 'done', answer }
}

/** Whether a call names something of its own that it is known again by. */
export function hasOwnId({ method, params }: Call): boolean {
  if (!method.startsWith('create')) return false
  const names =
    method === 'createConsumer' ? ['id', 'consumerId', 'email'] : ['id', 'customerId', 'licenseId', 'code']
  const own = method === 'createLicense' ? names.filter((name) => name !== 'customerId') : names
  return own.some((name) => params[name] != null)
}
