/**
 * Where the model is played: one partner of a running service with one or several servers. What the service makes up
 * by itself (licence ids, first answers) is noted here, so that it can be told again later.
 */
import { isDeepStrictEqual } from 'node:util'
import { Names } from './names.ts'
import type { Ending } from './server.ts'
import { isUnnamed, textOf } from './things.ts'
import type { Call, Listed, Verdict } from './verdict.ts'

export interface Reply {
  readonly result?: Record<string, unknown>
  readonly error?: { data: Record<string, unknown> & { reason: string } }
  /** Whether the answer says of itself that it is a repeat; unknown for the members of an array. */
  readonly replayed?: boolean
}

export interface Posted {
  readonly status: number
  readonly replayed: boolean
  readonly json: unknown
}

/** The way to a running service. Server numbers begin at 0. */
export interface Servers {
  readonly count: number
  /** Undefined where no answer came, whatever has become of the call. */
  post(server: number, body: unknown, how?: Pick<Call, 'key' | 'as'>): Promise<Posted | undefined>
  /** How long what comes about in the background may take; a minute where servers are killed over it. */
  readonly backgroundSeconds?: number
  /** Sends what a shop sends; answers the status, if anything. */
  send(
    server: number,
    path: string,
    body: string,
    headers: Record<string, string>,
  ): Promise<number | undefined>
  restart(server: number, ending: Ending): Promise<void>
  /** Moves the machine's own clock, which partners that are no sandbox live by. */
  setClock(to: number): Promise<void>
}

/** Whether a call found no server, or lost it on the way; fetch says both with a TypeError that has a cause. */
export const isBrokenOff = (error: unknown): boolean =>
  error instanceof TypeError && error.cause !== undefined

/** The first answer to a creating call: the very one, or what is known of one that never arrived. */
export interface First {
  readonly answer: Record<string, unknown>
  readonly isWhole: boolean
}

/** A moment after a call was broken off, so that a server can come back. */
export const unanswered = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

export class Stage {
  readonly servers: Servers
  /** What happened in all runs, counted by outcome, so that a test can see that it tested something. */
  readonly met: Map<string, number>
  readonly #firstAnswers = new Map<string, Record<string, unknown>>()
  readonly #names = new Names()

  constructor(servers: Servers, met: Map<string, number>) {
    this.servers = servers
    this.met = met
  }

  /** Makes a call that may be made again without harm until it is answered. */
  async call(server: number, call: Call): Promise<Reply> {
    for (let turn = server; ; turn++) {
      const reply = await this.attempt(turn, call)
      if (reply) return reply
      await unanswered()
    }
  }

  /** Makes calls that may be made again without harm, in one body, until they are answered. */
  async array(server: number, calls: readonly Call[]): Promise<Reply[]> {
    for (let turn = server; ; turn++) {
      const replies = await this.attemptArray(turn, calls)
      if (replies) return replies
      await unanswered()
    }
  }

  /** Makes a call once; undefined when it was broken off, so that nobody knows whether it was carried out. */
  async attempt(server: number, call: Call): Promise<Reply | undefined> {
    const reply = await this.#once(server, call)
    const tallied = reply && this.#tallied([call], [reply])?.[0]
    const next = tallied?.result?.next
    if (typeof next !== 'string') return tallied
    // A list that comes in pages is read to its end, each page from the next server.
    const rest = await this.attempt(server + 1, { ...call, params: { ...call.params, cursor: next } })
    const [items, others] = [tallied?.result?.items, rest?.result?.items] as [unknown[], unknown[]]
    if (!rest?.result) return rest
    if (items.length !== call.params.limit) return { result: { items, next: 'comes after a short page' } }
    return { ...tallied, result: { items: [...items, ...others], next: rest.result.next } }
  }

  async #once(server: number, call: Call): Promise<Reply | undefined> {
    const { method, params, ...how } = this.#names.resolved(call)
    const posted = await this.servers.post(server % this.servers.count, { method, params }, how)
    if (!posted) this.count('broken off')
    if (!posted) return undefined
    const { status, replayed, json } = posted
    return status === 200
      ? { result: json as Record<string, unknown>, replayed }
      : { ...(json as { error: NonNullable<Reply['error']> }), replayed }
  }

  /** The same for calls in one body, of which those at its beginning may have been carried out. */
  async attemptArray(server: number, calls: readonly Call[]): Promise<Reply[] | undefined> {
    const body = calls.map(({ method, params }, id) => {
      // Nobody asks for further pages here.
      const { limit: _, ...whole } = this.#names.resolved(params)
      return { jsonrpc: '2.0', id, method, params: method === 'listEvents' ? params : whole }
    })
    const posted = await this.servers.post(server % this.servers.count, body)
    if (!posted) this.count('broken off')
    return posted && this.#tallied(calls, (posted.status === 200 ? posted.json : []) as Reply[])
  }

  /** Whether all that a call names is known: what only the service names may not have been told yet. */
  knows(call: Call): boolean {
    return this.#names.knows(call.params)
  }

  /** Takes in what a name of the model's stands for, where no answer says it. */
  learn(name: string, value: string): void {
    this.#names.learn(name, value)
  }

  /** What the model expects, with the UUIDs that the service has made up. */
  resolved<Value>(expected: Value): Value {
    return this.#names.resolved(expected)
  }

  /** Counts what was sent, whoever sent it; a service that is about to stop says so instead of an answer. */
  #tallied(calls: readonly Call[], replies: Reply[]): Reply[] | undefined {
    if (replies.length === 0 || replies.some(({ error }) => error?.data.reason === 'unavailable')) {
      this.count('broken off')
      return undefined
    }
    calls.forEach(({ method }, index) => {
      this.count(`sent ${method} ${replies[index]?.error?.data.reason ?? 'answered'}`)
    })
    return replies
  }

  /**
   * What is wrong with a reply; undefined when it is what the model says. `given` is what a repeat must answer where that
   * is not noted yet.
   */
  problem(verdict: Verdict, reply: Reply, given?: First): string | undefined {
    if (verdict.kind === 'refused') return refusalProblem(this.#names.resolved(verdict), reply)
    if (!reply.result)
      return `was refused: ${JSON.stringify(reply.error)}; expected ${JSON.stringify(verdict)}`
    const { repeats } = verdict
    if (reply.replayed !== undefined && reply.replayed !== (repeats !== undefined))
      return reply.replayed ? 'was called a repeat and is none' : 'is a repeat and was not called one'
    const [expected, answer] = this.#comparable(verdict, reply.result)
    const found = difference(expected, answer)
    if (found !== undefined || repeats === undefined) return found
    if (given && !given.isWhole) return undefined
    const first = given?.answer ?? this.#firstAnswers.get(repeats)
    if (first === undefined || isDeepStrictEqual(reply.result, first)) return undefined
    return `is not the first answer: ${JSON.stringify(reply.result)} instead of ${JSON.stringify(first)}`
  }

  /** What is expected and what was answered, with lists that have no order, or other members too, made alike. */
  #comparable(
    { answer, sorted, only }: Extract<Verdict, { kind: 'done' }>,
    given: Record<string, unknown>,
  ): [Record<string, unknown>, Record<string, unknown>] {
    const expected = this.#names.resolved(answer)
    if (sorted) return [inOrder(expected, sorted), sorted.isOrdered ? given : inOrder(given, sorted)]
    if (!only) return [expected, given]
    const wanted = new Set((expected[only.list] as unknown[]).map((item) => keyOf(item, only)))
    const kept = (given[only.list] as unknown[]).filter((item) => wanted.has(keyOf(item, only)))
    return [expected, { ...given, [only.list]: kept }]
  }

  /** Takes in an answer that was found right. */
  note({ method }: Call, verdict: Verdict, { result }: Reply): void {
    const outcome = verdict.kind === 'refused' ? verdict.reason : verdict.repeats ? 'repeat' : 'done'
    this.count(`${method} ${outcome}`)
    if (verdict.kind === 'refused' || !result) return
    const created = verdict.creates ?? verdict.repeats
    if (created !== undefined && !this.#firstAnswers.has(created)) this.#firstAnswers.set(created, result)
    if (verdict.sorted === undefined && verdict.only === undefined) this.#names.learn(verdict.answer, result)
  }

  count(outcome: string): void {
    this.met.set(outcome, (this.met.get(outcome) ?? 0) + 1)
  }
}

const keyOf = (item: unknown, { member }: Listed): string =>
  String(member === undefined ? item : (item as Record<string, unknown>)[member])

/** The same with the items of a list in the order of their keys. */
function inOrder(answer: Record<string, unknown>, listed: Listed): Record<string, unknown> {
  const items = (answer[listed.list] ?? []) as unknown[]
  const keyed = items.map((item) => ({ item, key: keyOf(item, listed) }))
  keyed.sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
  return { ...answer, [listed.list]: keyed.map(({ item }) => item) }
}

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

/** Whether something may be what a name stands for that is not known yet. */
const isLike = (name: unknown, given: unknown): boolean =>
  String(name).startsWith(textOf(''))
    ? typeof given === 'string' || typeof given === 'number'
    : given === null || /^[0-9a-f-]{36}$/.test(String(given))

/** Where an answer differs from what is expected of it; members that the model does not know are passed over. */
export function difference(expected: unknown, given: unknown, path = ''): string | undefined {
  if (expected === null || typeof expected !== 'object') {
    // What has no name yet may be any UUID, and none in a rehearsal.
    if (Object.is(expected, given) || (isUnnamed(expected) && isLike(expected, given))) return undefined
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
