/** The steps of a model run that call something: single calls, rehearsed ones, arrays, and calls at the same moment. */

import { isDeepStrictEqual } from 'node:util'
import type fc from 'fast-check'
import { courseTold } from './feed.ts'
import { edges, type Plan } from './plans.ts'
import type { Reference } from './reference.ts'
import { difference, type Reply, type Stage } from './stage.ts'
import type { Call, Verdict } from './verdict.ts'

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
    await this.say(this.#plan.call(model), model, stage)
  }

  protected async say(call: Call, model: Reference, stage: Stage): Promise<Reply> {
    const reply = await stage.call(this.#server % stage.servers.count, call)
    this.did(call, reply)
    const verdict = model.call(call)
    const problem = stage.problem(verdict, reply)
    if (problem) fail(call, problem)
    stage.note(call, verdict, reply)
    return reply
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
    const ahead = edges(model).filter((edge) => edge > model.state.now)
    if (this.#later !== undefined && ahead.length > 0) {
      const at = ahead[this.#later % ahead.length] as number
      await this.#rehearse(call, model, stage, at)
    }
    const rehearsal = await this.#rehearse(call, model, stage)
    const reply = await this.say(call, model, stage)
    const unlike = rehearsal.error
      ? !isDeepStrictEqual(rehearsal.error, reply.error)
      : Object.entries(rehearsal.result ?? {}).some(
          ([member, value]) =>
            !isDeepStrictEqual(value, reply.result?.[member]) && !(value === null && unknowable.has(member)),
        )
    if (unlike) fail(call, `did not come out as rehearsed: ${JSON.stringify(rehearsal)}`)
  }

  async #rehearse(call: Call, model: Reference, stage: Stage, at?: number): Promise<Reply> {
    const preview = { method: 'preview', params: { ...call, ...(at === undefined ? {} : { at }) } }
    const reply = await stage.call(0, preview)
    this.did(preview, reply)
    const rehearsal = (reply.result ?? {}) as { ok?: boolean } & Reply
    const other = model.copy()
    if (at !== undefined) other.wait(at)
    const verdict = other.call(call)
    if (verdict.kind === 'done' && verdict.creates) {
      const { id: _, createdAt: _at, ...answer } = verdict.answer
      const problem = difference({ ...answer, id: null, createdAt: null }, rehearsal.result)
      if (problem) fail(preview, problem)
    } else {
      const problem = stage.problem(verdict, rehearsal)
      if (problem) fail(preview, problem)
    }
    stage.count(`preview ${rehearsal.ok}`)
    return rehearsal
  }
}

const unknowable = new Set(['id', 'createdAt', 'licenseId'])

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
    const expected = this.#plans.map((plan) => {
      const call = plan.call(model)
      return { call, verdict: model.call(call) }
    })
    const calls = expected.map(({ call }) => call)
    const replies = await stage.array(this.#server % stage.servers.count, calls)
    this.did(calls, replies)
    expected.forEach(({ call, verdict }, index) => {
      const reply = replies[index] as Reply
      const problem = stage.problem(verdict, reply)
      if (problem) fail(call, problem)
      stage.note(call, verdict, reply)
    })
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
    const replies = await Promise.all(
      calls.map((call, index) => stage.call((this.#servers[index] as number) % stage.servers.count, call)),
    )
    this.did(calls, replies)
    const courses = (
      [
        [0, 1],
        [1, 0],
      ] as const
    ).map((order) => this.#course(order, calls, replies, model, stage))
    const likely = courses.filter(({ problem }) => problem === undefined)
    if (likely.length === 0)
      fail(calls, `can be explained by neither order: ${courses.map(({ problem }) => problem).join(' / ')}`)
    const taken = await this.#taken(
      likely.map(({ after }) => after),
      stage,
    )
    const course = likely.find(({ after }) => after === taken)
    if (!taken || !course)
      fail(calls, 'were told by the feed in neither of the orders that explain the answers')
    for (const { call, verdict, reply } of course.replied) stage.note(call, verdict, reply)
    model.state = taken.state
    stage.count('at once')
  }

  #course(
    order: readonly [0 | 1, 0 | 1],
    calls: [Call, Call],
    replies: Reply[],
    model: Reference,
    stage: Stage,
  ) {
    const after = model.copy()
    const replied = order.map((index) => {
      const call = calls[index]
      return { call, verdict: after.call(call), reply: replies[index] as Reply }
    })
    return { after, replied, problem: this.#problem(replied, stage) }
  }

  /** Where both orders explain the answers and lead to different places, the feed tells which was taken. */
  async #taken(likely: readonly Reference[], stage: Stage): Promise<Reference | undefined> {
    const [first, second] = likely
    if (!second || isDeepStrictEqual(first?.state, second.state)) return first
    stage.count('either order')
    return courseTold(likely, stage)
  }

  #problem(replied: { verdict: Verdict; reply: Reply }[], stage: Stage): string | undefined {
    const [first, second] = replied as [(typeof replied)[0], (typeof replied)[0]]
    const created = first.verdict.kind === 'done' ? first.verdict.creates : undefined
    const repeated = second.verdict.kind === 'done' ? second.verdict.repeats : undefined
    // Where the second repeats the first, its answer is to be the one that the first has just got.
    const firstAnswer = created !== undefined && created === repeated ? first.reply.result : undefined
    return (
      stage.problem(first.verdict, first.reply) ?? stage.problem(second.verdict, second.reply, firstAnswer)
    )
  }
}
