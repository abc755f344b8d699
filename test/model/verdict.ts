/** How the reference model says what a call must answer. */

export interface Call {
  readonly method: string
  readonly params: Record<string, unknown>
}

/** What a call must answer. `repeats` names the creating call whose very answer must come again. */
export type Verdict =
  | { kind: 'done'; answer: Record<string, unknown>; creates?: string; repeats?: string }
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

/** The members, sorted, in which two requests are not the same; one that is null is not there. */
export function differing(one: Params, other: Params): string[] {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])].sort()
  return names.filter((name) => (one[name] ?? null) !== (other[name] ?? null))
}

/** The instant that a caller said. Text is read by the language's own parser, which the service does not trust. */
export function readInstant(said: number | string): number {
  return typeof said === 'number' ? said : Date.parse(said) / 1000
}
