/** The courses of a model run: calls of all kinds, with time going on and servers stopping in between. */
import fc from 'fast-check'
import { day, instantText } from './calendar.ts'
import { anyOf } from './choices.ts'
import { feedProblemsNow } from './feed.ts'
import { atOnce, edges, single, writes } from './plans.ts'
import type { Reference } from './reference.ts'
import type { Stage } from './stage.ts'
import { AtOnce, type Command, fail, Rehearsed, Single, Step, Together } from './steps.ts'

type How = { edge: number } | { days: number } | { seconds: number }

/** Time goes on: by a sandbox's own clock, or by the machine's. */
class Wait extends Step {
  readonly #how: How
  readonly #asText: boolean

  constructor(how: How, asText: boolean) {
    super(`wait ${JSON.stringify(how)}`)
    this.#how = how
    this.#asText = asText
  }

  protected async act(model: Reference, stage: Stage): Promise<void> {
    const { now } = model.state
    const to = this.#target(model)
    stage.count('wait')
    if (!model.settings.sandbox) {
      stage.servers.setClock(to)
      model.wait(to)
      return
    }
    const call =
      'edge' in this.#how
        ? { method: 'setClock', params: { at: this.#asText ? instantText(to) : to } }
        : { method: 'advanceClock', params: this.#how }
    const reply = await stage.call(0, call)
    this.did({ ...call, now }, reply)
    const problem = stage.problem(model.call(call), reply)
    if (problem) fail(call, problem)
  }

  #target(model: Reference): number {
    const { now } = model.state
    if ('days' in this.#how) return now + this.#how.days * day
    if ('seconds' in this.#how) return now + this.#how.seconds
    // The nearest turns are chosen from, so that a run comes past many of them.
    const ahead = edges(model)
      .filter((edge) => edge > now)
      .slice(0, 8)
    return ahead[this.#how.edge % ahead.length] ?? now + day
  }
}

/** Reads the whole feed in between: what a decision let loose is to be there at once, not when it is next looked at. */
class ReadFeed extends Step {
  protected async act(model: Reference, stage: Stage): Promise<void> {
    const problems = await feedProblemsNow(model, stage)
    if (problems.length > 0) throw new Error(problems.join('\n'))
  }
}

class Restart extends Step {
  readonly #server: number

  constructor(server: number) {
    super(`restart server ${server}`)
    this.#server = server
  }

  protected async act(_model: Reference, stage: Stage): Promise<void> {
    await stage.servers.restart(this.#server % stage.servers.count)
    stage.count('restart')
  }
}

const server = fc.nat({ max: 1 })
const waiting = fc.oneof(
  { weight: 6, arbitrary: fc.record({ edge: anyOf }) },
  { weight: 2, arbitrary: fc.record({ days: fc.constantFrom(1, 14, 15, 16, 30, 365) }) },
  { weight: 1, arbitrary: fc.record({ seconds: fc.constantFrom(1, 3_600, day - 1) }) },
)

export function commands(maxCommands: number, replayPath?: string) {
  const step: fc.Arbitrary<Command> = fc.oneof(
    { weight: 50, arbitrary: fc.tuple(single, server).map(([plan, to]) => new Single(plan, to)) },
    { weight: 20, arbitrary: fc.tuple(waiting, fc.boolean()).map(([how, asText]) => new Wait(how, asText)) },
    {
      weight: 10,
      arbitrary: fc
        .tuple(writes, server, fc.option(anyOf, { nil: undefined }))
        .map(([plan, to, later]) => new Rehearsed(plan, to, later)),
    },
    {
      weight: 8,
      arbitrary: fc
        .tuple(fc.array(single, { minLength: 1, maxLength: 6 }), server)
        .map(([plans, to]) => new Together(plans, to)),
    },
    {
      weight: 12,
      arbitrary: fc
        .tuple(fc.tuple(atOnce, atOnce), fc.tuple(server, server), fc.boolean())
        .map(([[one, other], to, isSame]) => new AtOnce([one, isSame ? one : other], to)),
    },
    { weight: 5, arbitrary: fc.constant(undefined).map(() => new ReadFeed('read the feed')) },
    { weight: 1, arbitrary: server.map((which) => new Restart(which)) },
  )
  return fc.commands([step], { maxCommands, size: 'max', ...(replayPath ? { replayPath } : {}) })
}
