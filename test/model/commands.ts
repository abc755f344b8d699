/** The courses of a model run: calls of all kinds, with time going on and servers stopping in between. */
import fc from 'fast-check'
import { day, instantText } from './calendar.ts'
import { anyOf } from './choices.ts'
import { feedProblemsNow } from './feed.ts'
import { carryOut } from './likely.ts'
import { atOnce, catalogue, edges, house, single, writes } from './plans.ts'
import type { Reference } from './reference.ts'
import type { Play } from './run.ts'
import type { Ending } from './server.ts'
import { telling } from './shopPlans.ts'
import { Replay, Sell } from './shopSteps.ts'
import type { Stage } from './stage.ts'
import { AtOnce, type Command, Rehearsed, Single, Step, Together } from './steps.ts'

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
      await stage.servers.setClock(to)
      model.wait(to)
      return
    }
    const call =
      'edge' in this.#how
        ? { method: 'setClock', params: { at: this.#asText ? instantText(to) : to } }
        : { method: 'advanceClock', params: this.#how }
    const { replies, problem } = await carryOut([call], 0, model, stage)
    this.did({ ...call, now }, replies[0])
    if (problem) throw new Error(problem)
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
  readonly #ending: Ending

  constructor(server: number, ending: Ending) {
    super(`restart server ${server}, ${ending}`)
    this.#server = server
    this.#ending = ending
  }

  protected async act(_model: Reference, stage: Stage): Promise<void> {
    await stage.servers.restart(this.#server % stage.servers.count, this.#ending)
    stage.count(`restart ${this.#ending}`)
  }
}

/** A step during which a server ends, and comes back: nobody knows at first how far its calls have come. */
class Struck extends Step {
  readonly #step: Step
  readonly #restart: Restart
  readonly #after: number

  constructor(step: Step, restart: Restart, after: number) {
    super(`within ${after} ms of the next, ${restart}${step}`)
    this.#step = step
    this.#restart = restart
    this.#after = after
  }

  protected async act(model: Reference, stage: Stage): Promise<void> {
    const struck = new Promise((resolve) => setTimeout(resolve, this.#after)).then(() =>
      this.#restart.run(model, stage),
    )
    const [stepped, restarted] = await Promise.allSettled([this.#step.run(model, stage), struck])
    this.did('struck', this.#step.toString())
    for (const one of [stepped, restarted]) if (one.status === 'rejected') throw one.reason
  }
}

const server = fc.nat({ max: 1 })
const waiting = fc.oneof(
  { weight: 6, arbitrary: fc.record({ edge: anyOf }) },
  { weight: 2, arbitrary: fc.record({ days: fc.constantFrom(1, 14, 15, 16, 30, 365) }) },
  { weight: 1, arbitrary: fc.record({ seconds: fc.constantFrom(1, 3_600, day - 1) }) },
)

/** How servers end in a play: closed as an operator does, or killed, which takes a process of its own. */
export interface Strikes {
  readonly endings: readonly Ending[]
  /** How many steps there are for each in which a server ends, about. */
  readonly every: number
}

/** How much more than usual is tried of what goes on around the ledger, and of what shops tell. */
const shares = { not: [0, 0], usual: [1, 1], mostly: [8, 8], sales: [4, 150] } as const

const usualStrikes: Strikes = { endings: ['closed'], every: 60 }

export function commands(
  maxCommands: number,
  { strikes: { endings, every } = usualStrikes, house: share, about }: Play,
  replayPath?: string,
) {
  const housekeeping: { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
    { weight: 20, arbitrary: fc.tuple(house, server).map(([plan, to]) => new Single(plan, to)) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.array(telling, { minLength: 1, maxLength: 4 }), server)
        .map(([tellings, to]) => new Sell(tellings, to)),
    },
    { weight: 2, arbitrary: fc.tuple(anyOf, fc.boolean()).map(([which, all]) => new Replay(which, all)) },
  ]
  const calling: { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
    { weight: 50, arbitrary: fc.tuple(single, server).map(([plan, to]) => new Single(plan, to)) },
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
    {
      weight: 1,
      arbitrary: fc
        .tuple(catalogue, catalogue, fc.tuple(server, server))
        .map(([one, other, to]) => new AtOnce([one, other], to)),
    },
  ]
  const [sharing, selling] = shares[share ?? 'usual']
  for (const [index, one] of housekeeping.entries())
    calling.push({ ...one, weight: one.weight * (index === 1 ? selling : sharing) })
  if (about)
    calling.push({
      weight: 90,
      arbitrary: fc.tuple(about, server).map(([plan, to]) => new Single(plan, to)),
    })
  const resting: { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
    { weight: 20, arbitrary: fc.tuple(waiting, fc.boolean()).map(([how, asText]) => new Wait(how, asText)) },
    { weight: 5, arbitrary: fc.constant(undefined).map(() => new ReadFeed('read the feed')) },
  ]
  const restart = fc
    .tuple(server, fc.constantFrom(...endings))
    .map(([which, ending]) => new Restart(which, ending))
  const ending: { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
    { weight: 1, arbitrary: restart },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.oneof(...calling), restart, fc.nat({ max: 12 }))
        .map(([step, strike, after]) => new Struck(step, strike, after)),
    },
  ]
  const step: fc.Arbitrary<Command> = fc.oneof(
    { weight: every - 1, arbitrary: fc.oneof(...calling, ...resting) },
    { weight: 1, arbitrary: fc.oneof(...ending) },
  )
  return fc.commands([step], { maxCommands, size: 'max', ...(replayPath ? { replayPath } : {}) })
}
