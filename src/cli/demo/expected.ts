/** Holds an answer against what the story expects of it. */

/** What an answer must have, at least; members that are not named may be anything. */
export interface Expected {
  /** HTTP status; 200 unless said otherwise. */
  status?: number
  /** The reason of a refusal. */
  reason?: string
  /** Whether it must be the first answer again. */
  replayed?: boolean
  /** Members, at any depth. Of a list every item is compared. */
  members?: Record<string, unknown>
}

/** An answer as it came. */
export interface Came {
  status: number
  replayed: boolean
  // biome-ignore lint/suspicious/noExplicitAny: it came over the wire, where nothing is typed.
  answer: any
}

/** What is not as expected, in words; empty when all is well. */
export function differences(
  { status = 200, reason, replayed, members = {} }: Expected,
  came: Came,
): string[] {
  // An answer of another kind has none of the members; saying so of each would hide what matters.
  if (status !== came.status) {
    const message = came.answer?.message
    return [told('the HTTP status', status, came.status) + (message === undefined ? '' : ` (${message})`)]
  }
  const facts: [string, unknown, unknown][] = []
  if (reason !== undefined) facts.push(['the reason', reason, came.answer?.data?.reason])
  if (replayed !== undefined) facts.push(['x-replayed', replayed, came.replayed])
  const found = facts.flatMap(([name, wanted, got]) => (wanted === got ? [] : [told(name, wanted, got)]))
  return [...found, ...missing('', members, came.answer)]
}

function missing(path: string, wanted: unknown, got: unknown): string[] {
  if (wanted === null || typeof wanted !== 'object')
    return Object.is(wanted, got) ? [] : [told(path, wanted, got)]
  if (got === null || typeof got !== 'object') return [told(path, wanted, got)]
  if (Array.isArray(wanted) && (got as unknown[]).length !== wanted.length)
    return [told(path, `${wanted.length} items`, `${(got as unknown[]).length} items`)]
  return Object.entries(wanted).flatMap(([name, value]) =>
    missing(path === '' ? name : `${path}.${name}`, value, (got as Record<string, unknown>)[name]),
  )
}

function told(name: string, wanted: unknown, got: unknown): string {
  return `${name} was to be ${JSON.stringify(wanted)} and is ${JSON.stringify(got) ?? 'missing'}`
}
