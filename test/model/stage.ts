/**
 * Where the model is played: one partner of a running service with one or several servers. What the service makes up
 * by itself (licence ids, first answers) is noted here, so that it can be told again later.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Call, Verdict } from './verdict.ts'

export interface Reply {
  readonly result?: Record<string, unknown>
  readonly error?: { data: Record<string, unknown> & { reason: string } }
  /** Whether the answer says of itself that it is a repeat; unknown for the members of an array. */
  readonly replayed?: boolean
}

/** The way to a running service. Server numbers begin at 0. */
export interface Servers {
  readonly count: number
  post(server: number, body: unknown): Promise<{ status: number; replayed: boolean; json: unknown }>
  restart(server: number): Promise<void>
  /** Moves the machine's own clock, which partners that are no sandbox live by. */
  setClock(to: number): void
}

export class Stage {
  readonly servers: Servers
  /** What happened in all runs, counted by outcome, so that a test can see that it tested something. */
  readonly met: Map<string, number>
  readonly #firstAnswers = new Map<string, Record<string, unknown>>()
  readonly #licenses = new Map<string, unknown>()

  constructor(servers: Servers, met: Map<string, number>) {
    this.servers = servers
    this.met = met
  }

  async call(server: number, { method, params }: Call): Promise<Reply> {
    const { status, replayed, json } = await this.servers.post(server, { method, params })
    return status === 200
      ? { result: json as Record<string, unknown>, replayed }
      : { ...(json as { error: NonNullable<Reply['error']> }), replayed }
  }

  async array(server: number, calls: readonly Call[]): Promise<Reply[]> {
    const { json } = await this.servers.post(
      server,
      calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call })),
    )
    return json as Reply[]
  }

  /**
   * What is wrong with a reply; undefined when it is what the model says. `firstAnswer` is what a repeat must answer where
   * that is not noted yet.
   */
  problem(verdict: Verdict, reply: Reply, firstAnswer?: Record<string, unknown>): string | undefined {
    if (verdict.kind === 'refused') return refusalProblem(verdict, reply)
    if (!reply.result)
      return `was refused: ${JSON.stringify(reply.error)}; expected ${JSON.stringify(verdict)}`
    const { repeats } = verdict
    if (reply.replayed !== undefined && reply.replayed !== (repeats !== undefined))
      return reply.replayed ? 'was called a repeat and is none' : 'is a repeat and was not called one'
    if (repeats !== undefined) {
      const first = firstAnswer ?? this.#firstAnswers.get(repeats)
      if (isDeepStrictEqual(reply.result, first)) return undefined
      return `is not the first answer: ${JSON.stringify(reply.result)} instead of ${JSON.stringify(first)}`
    }
    return difference(verdict.answer, reply.result) ?? this.#licenseProblem(reply.result)
  }

  /** Takes in an answer that was found right. */
  note({ method }: Call, verdict: Verdict, { result }: Reply): void {
    const outcome = verdict.kind === 'refused' ? verdict.reason : verdict.repeats ? 'repeat' : 'done'
    this.count(`${method} ${outcome}`)
    if (verdict.kind === 'refused' || !result) return
    if (verdict.creates !== undefined) this.#firstAnswers.set(verdict.creates, result)
    if (result.licenseId) this.#licenses.set(chainOf(result), result.licenseId)
  }

  count(outcome: string): void {
    this.met.set(outcome, (this.met.get(outcome) ?? 0) + 1)
  }

  #licenseProblem(result: Record<string, unknown>): string | undefined {
    const known = this.#licenses.get(chainOf(result))
    if (known === undefined || result.licenseId === undefined || result.licenseId === known) return undefined
    return `names the licence ${result.licenseId} where the chain drives ${known}`
  }
}

const chainOf = ({ parent, remoteId }: Record<string, unknown>): string => String(parent ?? remoteId)

function refusalProblem(verdict: Extract<Verdict, { kind: 'refused' }>, { result, error }: Reply) {
  const { reason, facts } = verdict
  if (!error) return `was done: ${JSON.stringify(result)}; expected ${reason} ${JSON.stringify(facts)}`
  const { reason: given, retryable, ...data } = error.data
  const told =
    given === 'params_invalid' ? { paths: (data.issues as { path: string }[]).map(({ path }) => path) } : data
  if (given !== reason || !isDeepStrictEqual(told, facts))
    return `was refused with ${JSON.stringify(error.data)}; expected ${reason} ${JSON.stringify(facts)}`
  return retryable === (reason === 'renewal_too_early')
    ? undefined
    : `says retryable ${retryable} of ${reason}`
}

/** Where an answer differs from what is expected of it; members that the model does not know are passed over. */
export function difference(expected: unknown, given: unknown, path = ''): string | undefined {
  if (expected === null || typeof expected !== 'object') {
    if (Object.is(expected, given)) return undefined
    return `${path || 'the answer'} is ${JSON.stringify(given)} and was to be ${JSON.stringify(expected)}`
  }
  if (given === null || typeof given !== 'object') return `${path} is ${JSON.stringify(given)}`
  if (Array.isArray(expected) && expected.length !== (given as unknown[]).length)
    return `${path} has ${(given as unknown[]).length} members and was to have ${expected.length}`
  for (const [name, value] of Object.entries(expected)) {
    const found = difference(value, (given as Record<string, unknown>)[name], path ? `${path}.${name}` : name)
    if (found) return found
  }
  return undefined
}
