/** How the reference model says what a call must answer. */

export interface Call {
  readonly method: string
  readonly params: Record<string, unknown>
  /** An idempotency key, for a call that nothing else makes known again. */
  readonly key?: string
  /** Who makes the call, where that is not the partner by its first key: the operator, or the name of another key. */
  readonly as?: string
}

/** A list in an answer, and the member of its items that it is looked at by; the items themselves where that is absent. */
export interface Listed {
  readonly list: string
  readonly member?: string
  /** Whether the answer must be in that order already, because it is that of UUIDs. */
  readonly isOrdered?: boolean
}

/**
 * What a call must answer. `repeats` names the creating call whose very answer must come again. What is `sorted` stands in
 * the order of UUIDs that only the service knows, or in any; of what is listed the items that are foretold are the `only`
 * ones that count.
 */
export type Verdict =
  | {
      kind: 'done'
      answer: Record<string, unknown>
      creates?: string
      repeats?: string
      sorted?: Listed
      only?: Listed
    }
  | { kind: 'refused'; reason: string; facts: Record<string, unknown> }

export class Refusal extends Error {
  readonly verdict: Verdict

  constructor(reason: string, facts: Record<string, unknown>) {
    super(reason)
    this.verdict = { kind: 'refused', reason, facts }
  }
}

export function done(answer: Record<string, unknown>): Verdict {
  return { kind: 'done', answer }
}

// biome-ignore lint/suspicious/noExplicitAny: the params of a dozen methods, told apart by the method's name.
export type Params = any

/** The paths, sorted, in which two requests are not the same; what is null is not there. */
export function differing(one: unknown, other: unknown, path = ''): string[] {
  if (!isObject(one) || !isObject(other)) return isSameValue(one, other) ? [] : [path]
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()
  return names.flatMap((name) => differing(one[name], other[name], path ? `${path}.${name}` : name))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isSameValue(one: unknown, other: unknown): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return (
      one.length === other.length && one.every((item, index) => differing(item, other[index]).length === 0)
    )
  return (one ?? null) === (other ?? null)
}

/** The instant that a caller said. Text is read by the language's own parser, which the service does not trust. */
export function readInstant(said: number | string): number {
  return typeof said === 'number' ? said : Date.parse(said) / 1000
}
