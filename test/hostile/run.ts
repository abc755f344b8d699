/** Sends hostile requests until so many calls are made, and says of each kind what became of it. */
import { Agent } from 'node:http'
import { type Caller, Envelopes, methodsOf } from './envelopes.ts'
import { Chance } from './random.ts'
import { type HostileAnswer, type HostileRequest, send } from './send.ts'
import { judge } from './verdict.ts'

export interface Attack {
  readonly url: string
  readonly document: unknown
  readonly callers: readonly Caller[]
  /** The partner whose number no call may name to a method that changes partners. */
  readonly victim: number
  readonly secrets: readonly string[]
  readonly calls: number
  readonly seed: number
  /** Requests that are under way at the same time. */
  readonly atOnce: number
}

export interface Report {
  readonly requests: number
  readonly calls: number
  /** How often each outcome was met: method, then outcome. */
  readonly table: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** What was wrong, with the number of the request in the seed and what was sent and answered. */
  readonly problems: readonly string[]
  /** Milliseconds of the slowest request as the caller sees it, wrong keys and waiting calls left out. */
  readonly slowest: { readonly milliseconds: number; readonly request: string }
  /** Requests that took long, by their ids. */
  readonly slow: ReadonlyMap<string, HostileRequest>
}

const problemsTold = 20

/** Milliseconds, as the caller sees them, from which on a request is kept to be looked at again, and how many are. */
const keptFrom = 500
const keptMost = 500

/** How many requests have one without a right key among them: wrong keys are held up, and so would be everything. */
const perWrongKey = 3_000

export async function attack(options: Attack): Promise<Report> {
  const { url, document, callers, secrets, seed } = options
  const envelopes = new Envelopes(methodsOf(document))
  const agent = new Agent({ keepAlive: true, maxSockets: options.atOnce })
  const table = new Map<string, Map<string, number>>()
  const problems: string[] = []
  const slow = new Map<string, HostileRequest>()
  let next = 0
  let calls = 0
  let slowest = { milliseconds: 0, request: '' }
  const one = async (): Promise<void> => {
    while (calls < options.calls && problems.length < problemsTold) {
      const number = next++
      // Each request has chance of its own, so that it can be had again whatever came before it.
      const chance = new Chance(seed + number * 0x9e37_79b9)
      const stranger = number % perWrongKey === perWrongKey - 1
      const caller = { ...chance.one(callers), ...(stranger ? { key: 'tk_live_wrong' } : {}) }
      const request = envelopes.request(chance, caller)
      if (namesVictim(request.body, options.victim)) continue
      const began = performance.now()
      const answer = await send(url, request, agent)
      const took = performance.now() - began
      if (took > slowest.milliseconds && !stranger && !request.body.includes('waitSeconds'))
        slowest = { milliseconds: took, request: shown(request, answer) }
      if (took > keptFrom && slow.size < keptMost) slow.set(String(answer.headers['x-request-id']), request)
      const verdict = judge(request, answer, secrets)
      calls += verdict.outcomes.length
      for (const { method, outcome } of verdict.outcomes) count(table, method, outcome)
      for (const problem of verdict.problems)
        problems.push(
          `request ${number} of seed ${seed} by ${caller.name}: ${problem}\n${shown(request, answer)}`,
        )
    }
  }
  await Promise.all(Array.from({ length: options.atOnce }, one))
  agent.destroy()
  return { requests: next, calls, table, problems, slowest, slow }
}

function count(table: Map<string, Map<string, number>>, method: string, outcome: string): void {
  const outcomes = table.get(method) ?? new Map<string, number>()
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  table.set(method, outcomes)
}

/** An operator may change partners, and so the victim, which would then not be left alone. */
function namesVictim(body: string, victim: number): boolean {
  return body.includes('updatePartner') && new RegExp(`"partner":\\s*${victim}\\b`).test(body)
}

function shown({ verb, headers, body }: HostileRequest, { status, text }: HostileAnswer): string {
  const { 'x-api-key': _key, authorization: _bearer, ...told } = headers
  return `  ${verb} ${JSON.stringify(told)}\n  ${String(body).slice(0, 2_000)}\n  → ${status} ${text.slice(0, 1_000)}`
}
