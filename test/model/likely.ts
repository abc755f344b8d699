/**
 * What may have come of calls whose answers did not all arrive: each possibility goes its own way, and every answer that
 * does arrive tells which of them cannot have been.
 */
import { isDeepStrictEqual } from 'node:util'
import { courseTold } from './feed.ts'
import type { Reference } from './reference.ts'
import { type First, type Reply, type Stage, unanswered } from './stage.ts'
import type { Call, Verdict } from './verdict.ts'

interface Replied {
  readonly call: Call
  readonly verdict: Verdict
  readonly reply: Reply
}

export class Likely {
  readonly after: Reference
  readonly problem: string | undefined
  readonly #stage: Stage
  readonly #firsts: ReadonlyMap<string, First>
  readonly #replied: readonly Replied[]

  private constructor(
    stage: Stage,
    after: Reference,
    firsts: ReadonlyMap<string, First>,
    replied: readonly Replied[],
    problem: string | undefined,
  ) {
    this.#stage = stage
    this.after = after
    this.#firsts = firsts
    this.#replied = replied
    this.problem = problem
  }

  static from(model: Reference, stage: Stage): Likely {
    return new Likely(stage, model.copy(), new Map(), [], undefined)
  }

  /** The same, where a call was carried out next, and answered unless the answer got lost. */
  next(call: Call, reply: Reply | undefined): Likely {
    const after = this.after.copy()
    const verdict = after.call(call)
    const made = verdict.kind === 'done' ? verdict : undefined
    const first = made?.repeats === undefined ? undefined : this.#firsts.get(made.repeats)
    const found = reply && this.#stage.problem(verdict, reply, first)
    const problem = this.problem ?? (found === undefined ? undefined : `${JSON.stringify(call)} ${found}`)
    const firsts = new Map(this.#firsts)
    if (made?.creates !== undefined)
      firsts.set(made.creates, { answer: reply?.result ?? made.answer, isWhole: reply !== undefined })
    const replied = reply ? [...this.#replied, { call, verdict, reply }] : this.#replied
    return new Likely(this.#stage, after, firsts, replied, problem)
  }

  /** This is what was: the model goes on from here. */
  settle(model: Reference): void {
    for (const { call, verdict, reply } of this.#replied) this.#stage.note(call, verdict, reply)
    model.state = this.after.state
    model.realNow = this.after.realNow
  }
}

/** Of all that may have been, what was: the model goes on from there. Answers what is wrong where nothing can have been. */
export async function settle(
  all: readonly Likely[],
  model: Reference,
  stage: Stage,
): Promise<string | undefined> {
  const likely = all.filter(({ problem }) => problem === undefined)
  if (likely.length === 0) return [...new Set(all.map(({ problem }) => problem))].join(' / ')
  const taken = await takenOf(likely, stage)
  taken?.settle(model)
  return taken ? undefined : 'is told by the feed in no way that explains the answers'
}

/** Where several explain the answers and lead to different places, the feed tells which was taken. */
async function takenOf(likely: readonly Likely[], stage: Stage): Promise<Likely | undefined> {
  const [first] = likely as [Likely]
  if (likely.every(({ after }) => isDeepStrictEqual(after.state, first.after.state))) return first
  stage.count('either course')
  const after = await courseTold(
    likely.map((one) => one.after),
    stage,
  )
  return likely.find((one) => one.after === after)
}

/**
 * Makes calls, in one body where there are several, again and again until they are answered, and lets the model go on
 * from what must have been. Answers the replies, and what is wrong with them.
 */
export async function carryOut(
  calls: readonly Call[],
  server: number,
  model: Reference,
  stage: Stage,
): Promise<{ replies: readonly Reply[]; problem: string | undefined; isBrokenOff: boolean }> {
  const answered = await send(calls, server, stage)
  if (answered)
    return { replies: answered, problem: asForetold(calls, answered, model, stage), isBrokenOff: false }
  const broken = unlike(brokenOff(calls, Likely.from(model, stage)))
  const { all, replies } = await again(calls, server + 1, broken, stage)
  return { replies, problem: await settle(all, model, stage), isBrokenOff: true }
}

/** Makes calls that were broken off until they are answered, and tells what may have come of it all. */
export async function again(
  calls: readonly Call[],
  server: number,
  before: readonly Likely[],
  stage: Stage,
): Promise<{ all: readonly Likely[]; replies: readonly Reply[] }> {
  let likely = before
  for (let turn = server; ; turn++) {
    await unanswered()
    const replies = await send(calls, turn, stage)
    if (replies) {
      const all = likely.map((one) => calls.reduce((on, made, index) => on.next(made, replies[index]), one))
      return { all, replies }
    }
    likely = unlike(likely.flatMap((one) => brokenOff(calls, one)))
  }
}

/** What is wrong with the first answers to calls, which the model makes too. */
function asForetold(
  calls: readonly Call[],
  replies: readonly Reply[],
  model: Reference,
  stage: Stage,
): string | undefined {
  const problems = calls.flatMap((made, index) => {
    const verdict = model.call(made)
    const reply = replies[index] as Reply
    const problem = stage.problem(verdict, reply)
    if (problem) return [`${JSON.stringify(made)} ${problem}`]
    stage.note(made, verdict, reply)
    return []
  })
  return problems.length > 0 ? problems.join('\n') : undefined
}

async function send(calls: readonly Call[], server: number, stage: Stage): Promise<Reply[] | undefined> {
  if (calls.length > 1) return stage.attemptArray(server, calls)
  const reply = await stage.attempt(server, calls[0] as Call)
  return reply && [reply]
}

/** None of the calls was carried out, or the first, or the first two, and so on. */
export function brokenOff(calls: readonly Call[], before: Likely): Likely[] {
  const all = [before]
  for (const made of calls) all.push((all.at(-1) as Likely).next(made, undefined))
  return all
}

/** Without those that lead to the same place. */
function unlike(all: readonly Likely[]): Likely[] {
  return all.filter(
    ({ after }, index) =>
      all.findIndex((other) => isDeepStrictEqual(other.after.state, after.state)) === index,
  )
}
