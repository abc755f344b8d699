/** The steps of a model run that call something: single calls, rehearsed ones, arrays, and calls at the same moment. */

import { isDeepStrictEqual } from 'node:util'
import type fc from 'fast-check'
import { again, brokenOff, carryOut, Likely, settle } from './likely.ts'
import { edges, type Plan } from './plans.ts'
import type { Reference } from './reference.ts'
import { difference, type Reply, type Stage } from './stage.ts'
import type { Call } from './verdict.ts'

export type Command = fc.AsyncCommand<Reference, Stage>

export abstract class Step implements Command {
  readonly #says: string
  #done = ''

  constructor(says: string) {
    this.#says = says
  }

  check(): boolean {
    return true
  }

  run(model: Reference, stage: Stage): Promise<void> {
    // The same step is run again while fast-check looks for the shortest way to fail.
    this.#done = ''
    return this.act(model, stage)
  }

  protected abstract act(model: Reference, stage: Stage): Promise<void>

  /** Remembers what was really sent and answered, for whoever reads a failure. */
  protected did(call: unknown, reply: unknown): void {
    this.#done += `\n    ${JSON.stringify(call)} -> ${JSON.stringify(reply)}`
  }

  toString(): string {
    return `\n  ${this.#says}${this.#done}`
  }
}

export function fail(call: unknown, problem: string): never {
  throw new Error(`${JSON.stringify(call)} ${problem}`)
}

/** One call to one of the servers. */
export class Single extends Step {
  readonly #plan: Plan
  readonly #server: number

  constructor(plan: Plan, server: number) {
    super(plan.says)
    this.#plan = plan
    this.#server = server
  }

  protected async act(model: Reference, stage: Stage): Promise<void> {
    const call = this.#plan.call(model)
    if (stage.knows(call)) await this.say(call, model, stage)
  }

  /** Answers the reply, unless it tells of another try than the first. */
  protected async say(said: Call, model: Reference, stage: Stage): Promise<Reply | undefined> {
    const { replies, problem, isBrokenOff } = await carryOut([said], this.#server, model, stage)
    this.did(said, replies[0])
    if (problem) throw new Error(problem)
    return isBrokenOff ? undefined : replies[0]
  }
}

/** A rehearsal of a write, for now or for a later moment; then the same write itself. */
export class Rehearsed extends Single {
  readonly #plan: Plan
  readonly #later: number | undefined

  constructor(plan: Plan, server: number, later: number | undefined) {
    super({ says: `rehearse ${plan.says} ${later ?? 'now'}`, call: plan.call }, server)
    this.#plan = plan
    this.#later = later
  }

  protected override async act(model: Reference, stage: Stage): Promise<void> {
    const call = this.#plan.call(model)
    if (!stage.knows(call)) return
    const ahead = edges(model).filter((edge) => edge > model.state.now)
    if (this.#later !== undefined && ahead.length > 0) {
      const at = ahead[this.#later % ahead.length] as number
      await this.#rehearse(call, model, stage, at)
    }
    const rehearsal = await this.#rehearse(call, model, stage)
    const reply = await this.say(call, model, stage)
    // Under an idempotency key it may be another call that is answered again.
    if (!reply || call.key !== undefined) return
    const unlike = rehearsal.error
      ? !isDeepStrictEqual(rehearsal.error, reply.error)
      : Object.entries(rehearsal.result ?? {}).some(
          ([member, value]) =>
            !isDeepStrictEqual(value, reply.result?.[member]) && !(value === null && unknowable.has(member)),
        )
    if (unlike) fail(call, `did not come out as rehearsed: ${JSON.stringify(rehearsal)}`)
  }

  async #rehearse({ method, params }: Call, model: Reference, stage: Stage, at?: number): Promise<Reply> {
    const call = { method, params }
    const preview = { method: 'preview', params: { ...call, ...(at === undefined ? {} : { at }) } }
    const reply = await stage.call(0, preview)
    this.did(preview, reply)
    const rehearsal = (reply.result ?? {}) as { ok?: boolean } & Reply
    const other = model.copy()
    if (at !== undefined) other.wait(at)
    const verdict = other.call(call)
    if (verdict.kind === 'done' && method.startsWith('create') && verdict.repeats === undefined) {
      const answer = stage.resolved(rehearsed(verdict.answer))
      const problem = difference(answer, rehearsal.result)
      if (problem) fail(preview, problem)
    } else {
      const problem = stage.problem(verdict, rehearsal)
      if (problem) fail(preview, problem)
    }
    stage.count(`preview ${rehearsal.ok}`)
    return rehearsal
  }
}

const unknowable = new Set(['id', 'createdAt', 'licenseId', 'consumerId', 'remoteId'])

/** The answer of a create without what only a real call would know. */
const rehearsed = (answer: Record<string, unknown>): Record<string, unknown> => ({
  ...answer,
  ...('id' in answer ? { id: null } : {}),
  createdAt: null,
})

/** Several calls in one body: done in order, each seeing what those before it did. */
export class Together extends Step {
  readonly #plans: readonly Plan[]
  readonly #server: number

  constructor(plans: readonly Plan[], server: number) {
    super(`in one array: ${plans.map(({ says }) => says).join('; ')}`)
    this.#plans = plans
    this.#server = server
  }

  protected async act(model: Reference, stage: Stage): Promise<void> {
    const foreseen = model.copy()
    const calls = this.#plans.flatMap((plan) => {
      const made = plan.call(foreseen)
      // A body has one key and one idempotency key for all of its calls.
      if (made.as || made.key !== undefined || !stage.knows(made)) return []
      foreseen.call(made)
      return [made]
    })
    if (calls.length === 0) return
    const { replies, problem } = await carryOut(calls, this.#server, model, stage)
    this.did(calls, replies)
    if (problem) throw new Error(problem)
    stage.count('array')
  }
}

/** Two calls at the same moment, each to a server of its own: one of the two orders must explain both answers. */
export class AtOnce extends Step {
  readonly #plans: readonly [Plan, Plan]
  readonly #servers: readonly [number, number]

  constructor(plans: readonly [Plan, Plan], servers: readonly [number, number]) {
    super(`at once: ${plans[0].says} and ${plans[1].says}`)
    this.#plans = plans
    this.#servers = servers
  }

  protected async act(model: Reference, stage: Stage): Promise<void> {
    const calls = this.#plans.map((plan) => plan.call(model)) as [Call, Call]
    if (!calls.every((call) => stage.knows(call))) return
    const replies = await Promise.all(
      calls.map((one, index) => stage.attempt(this.#servers[index] as number, one)),
    )
    this.did(calls, replies)
    let courses = [
      [0, 1],
      [1, 0],
    ].flatMap((order) =>
      order.reduce(
        (all, index) => all.flatMap((before) => next(before, calls[index] as Call, replies[index])),
        [Likely.from(model, stage)],
      ),
    )
    for (const [index, reply] of replies.entries()) {
      if (reply) continue
      const one = calls[index] as Call
      const settled = await again([one], (this.#servers[index] as number) + 1, courses, stage)
      this.did(one, settled.replies[0])
      courses = [...settled.all]
    }
    const problem = await settle(courses, model, stage)
    if (problem) fail(calls, `can be explained by neither order: ${problem}`)
    stage.count('at once')
  }
}

/** A call whose answer got lost was carried out, or it was not. */
function next(before: Likely, made: Call, reply: Reply | undefined): Likely[] {
  return reply ? [before.next(made, reply)] : brokenOff([made], before)
}
