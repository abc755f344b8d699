/** Plays many random courses of calls on a running service, each with a partner of its own, against the model. */
import fc from 'fast-check'
import { deliveryProblems, keyProblems } from './afterwards.ts'
import { civilOf, type Instant, instantOf, monthsAfter } from './calendar.ts'
import type { Settings } from './chain.ts'
import { commands, type Strikes } from './commands.ts'
import { finalProblems } from './feed.ts'
import { carryOut } from './likely.ts'
import type { Plan } from './plan.ts'
import type { Receiver } from './receiver.ts'
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
  /** Where the webhooks of all courses go. */
  readonly receiver: Receiver
  /** Whether a course waits in its end for what comes about in the background: webhooks, and the end of keys. */
  readonly waits?: boolean
  /** How servers end while it is played; closed now and then unless said otherwise. */
  readonly strikes?: Strikes
  /** Whether keys, endpoints and shops are played too; they are among the rest unless it is said. */
  readonly house?: 'not' | 'mostly' | 'sales'
  /** What is tried as often as all else together. */
  readonly about?: fc.Arbitrary<Plan>
  /** Where outcomes are counted, if they are counted together with those of others. */
  readonly met?: Map<string, number>
  /** Whether all partners are sandboxes, or none; some are unless it is said. */
  readonly sandbox?: boolean
}

export interface Course {
  /** What was wrong, what brings it back, and the course of calls that led there. */
  readonly failure: string | undefined
  /** How often each outcome was met. */
  readonly met: ReadonlyMap<string, number>
}

const rulesWith = (sandbox: boolean | undefined) =>
  fc.record({
    sandbox: sandbox === undefined ? fc.constantFrom(true, true, true, false) : fc.constant(sandbox),
    windowDays: fc.constantFrom(15, 15, 0, 1, 27),
    graceDays: fc.constantFrom(0, 0, 7, 27),
  })

/** What every course begins with, so that its first steps are about something. */
function beginning(partner: number, now: Instant, atMonthEnd: boolean): Call[] {
  const edition = { code: `m${partner}-0`, product: 'oo', name: 'First', features: ['draw'], graceDays: 7 }
  const order = { customer: 'C0', id: 'O0', product: 'oo-lite', licenses: 1, duration: 'monthly' }
  return [
    { method: 'listApiKeys', params: {} },
    { method: 'createCustomer', params: { id: 'C0', name: 'One' } },
    {
      method: 'createFirstOrder',
      params: atMonthEnd ? { ...order, startsAt: nextLongMonthEnd(now) } : order,
    },
    { method: 'createEdition', params: edition, as: 'operator' },
    { method: 'createLicense', params: { customer: 'C0', id: 'L0', edition: edition.code } },
    { method: 'updateEdition', params: { code: edition.code, features: ['render'] }, as: 'operator' },
    { method: 'createConsumer', params: { customer: 'C0', id: 'U0', email: 'ann@x.example' } },
    { method: 'grantAccess', params: { customer: 'C0', consumer: 'U0' } },
  ]
}

/** The end of the next month that has 31 days and is followed by one that has not. */
function nextLongMonthEnd(now: Instant): Instant {
  const { year, month } = civilOf(now)
  const next = [1, 3, 5, 8, 10].find((long) => long >= month) ?? 13
  return monthsAfter(instantOf({ year, month: 1, day: 31, second: 0 }), next - 1)
}

export async function play(options: Play): Promise<Course> {
  const met = options.met ?? new Map<string, number>()
  const Model = options.model ?? Reference
  const property = fc.asyncProperty(
    rulesWith(options.sandbox),
    fc.boolean(),
    commands(options.commands, options, options.replayPath),
    async (chosen, atMonthEnd, steps) => {
      const { partner, servers, now } = await options.partner(chosen)
      const model = new Model({ ...chosen, partner }, now)
      const stage = new Stage(servers, met)
      for (const [name, url] of options.receiver.urlsOf(partner)) stage.learn(name, url)
      for (const begin of beginning(partner, now, atMonthEnd)) {
        const { problem } = await carryOut([begin], 0, model, stage)
        if (problem) throw new Error(problem)
      }
      await fc.asyncModelRun(() => ({ model, real: stage }), steps)
      // What the looks in the end change is changed beforehand, since a look that is broken off is looked again.
      const touched = model.state.chains.map(({ terms }) => ({
        method: 'uncancelOrder',
        params: { id: terms[0]?.id },
      }))
      const { problem } = await carryOut(touched, 0, model, stage)
      const problems = problem ? [problem] : await finalProblems(model, stage)
      if (options.waits && problems.length === 0)
        problems.push(
          ...(await deliveryProblems(model, stage, options.receiver)),
          ...(await keyProblems(model, stage)),
        )
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
  const where = { seed: details.seed, path: details.counterexamplePath ?? '', replay: replay ?? '' }
  const problem = details.errorInstance instanceof Error ? details.errorInstance.message : 'not told'
  const [rulesOfIt, atMonthEnd] = details.counterexample ?? []
  const failure = `${problem}\n${againBy(options, where)}\n${JSON.stringify({ ...rulesOfIt, atMonthEnd })}${course}`
  return { failure, met }
}

/** What brings a failure back, in words for a shell. */
function againBy(
  { commands: length, sandbox }: Play,
  { seed, path, replay }: { seed: number; path: string; replay: string },
): string {
  if (sandbox === undefined)
    return `MODEL_SEED=${seed} MODEL_PATH=${path} MODEL_REPLAY=${replay} MODEL_COMMANDS=${length}`
  const kind = sandbox ? 'sandbox' : 'live'
  return `npm run model -- --seed ${seed} --kind ${kind} --length ${length} --path ${path} --replay ${replay}`
}
