/** Plays many random courses of calls on a running service, each with a partner of its own, against the model. */
import fc from 'fast-check'
import { civilOf, type Instant, instantOf, monthsAfter } from './calendar.ts'
import type { Settings } from './chain.ts'
import { commands } from './commands.ts'
import { finalProblems } from './feed.ts'
import { Reference } from './reference.ts'
import { type Servers, Stage } from './stage.ts'
import type { Call } from './verdict.ts'

export interface Play {
  /** Makes a partner with these rules, and the way to its servers. */
  partner(rules: Omit<Settings, 'partner'>): Promise<{ partner: number; servers: Servers; now: number }>
  readonly runs: number
  readonly commands: number
  readonly seed: number
  /** Where a failure was found before: fast-check's own words, as a failure prints them. */
  readonly path?: string | undefined
  readonly replayPath?: string | undefined
  /** The model; a test replaces it by one with a mistake. */
  readonly model?: typeof Reference
  /** Whether a failure is to be made as short as possible. */
  readonly shrink?: boolean
}

export interface Course {
  /** What was wrong, what brings it back, and the course of calls that led there. */
  readonly failure: string | undefined
  /** How often each outcome was met. */
  readonly met: ReadonlyMap<string, number>
}

const rules = fc.record({
  sandbox: fc.oneof(
    { weight: 3, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  windowDays: fc.constantFrom(15, 15, 0, 1, 27),
  graceDays: fc.constantFrom(0, 0, 7, 27),
})

/** What every course begins with, so that its first steps are about something. */
function beginning(now: Instant, atMonthEnd: boolean): Call[] {
  const order = { customer: 'C0', id: 'O0', product: 'oo-lite', licenses: 1, duration: 'monthly' }
  return [
    { method: 'createCustomer', params: { id: 'C0', name: 'One' } },
    {
      method: 'createFirstOrder',
      params: atMonthEnd ? { ...order, startsAt: nextLongMonthEnd(now) } : order,
    },
  ]
}

/** The end of the next month that has 31 days and is followed by one that has not. */
function nextLongMonthEnd(now: Instant): Instant {
  const { year, month } = civilOf(now)
  const next = [1, 3, 5, 8, 10].find((long) => long >= month) ?? 13
  return monthsAfter(instantOf({ year, month: 1, day: 31, second: 0 }), next - 1)
}

export async function play(options: Play): Promise<Course> {
  const met = new Map<string, number>()
  const Model = options.model ?? Reference
  const property = fc.asyncProperty(
    rules,
    fc.boolean(),
    commands(options.commands, options.replayPath),
    async (chosen, atMonthEnd, steps) => {
      const { partner, servers, now } = await options.partner(chosen)
      const model = new Model({ ...chosen, partner }, now)
      const stage = new Stage(servers, met)
      for (const begin of beginning(now, atMonthEnd))
        stage.note(begin, model.call(begin), await stage.call(0, begin))
      await fc.asyncModelRun(() => ({ model, real: stage }), steps)
      const problems = await finalProblems(model, stage)
      if (problems.length > 0) throw new Error(problems.join('\n'))
    },
  )
  const { seed, runs: numRuns, path } = options
  const details = await fc.check(property, {
    seed,
    numRuns,
    endOnFailure: options.shrink === false,
    ...(path === undefined ? {} : { path }),
  })
  if (!details.failed) return { failure: undefined, met }
  const course = fc.stringify(details.counterexample?.[2])
  const replay = /replayPath="([^"]*)"/.exec(course)?.[1]
  const again = `MODEL_SEED=${details.seed} MODEL_PATH=${details.counterexamplePath} MODEL_REPLAY=${replay ?? ''}`
  const problem = details.errorInstance instanceof Error ? details.errorInstance.message : 'not told'
  const [rulesOfIt, atMonthEnd] = details.counterexample ?? []
  const failure = `${problem}\n${again} MODEL_COMMANDS=${options.commands}\n${JSON.stringify({ ...rulesOfIt, atMonthEnd })}${course}`
  return { failure, met }
}
