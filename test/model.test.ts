/**
 * The whole service against a small reference model: random courses of calls, of waiting and of restarts over two
 * servers on one database. Every answer and every refusal is foretold, and in the end every chain and the whole feed.
 *
 * MODEL_RUNS, MODEL_COMMANDS and MODEL_SEED set how much is tried and from where; a failure prints what brings it back.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, TestPartner } from './house.ts'
import { civilOf, monthsAfter } from './model/calendar.ts'
import { type Chain, latestOf, monthsIn, type Term } from './model/chain.ts'
import { Reference } from './model/reference.ts'
import { type Play, play } from './model/run.ts'
import type { Servers } from './model/stage.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ servers: 2 })
})
afterAll(() => house.close())

const given = (name: string): string | undefined => process.env[name] || undefined
const runs = Number(given('MODEL_RUNS') ?? 40)
const commands = Number(given('MODEL_COMMANDS') ?? 40)
const seed = Number(given('MODEL_SEED') ?? Math.floor(Math.random() * 2 ** 31))

const partner: Play['partner'] = async ({ sandbox, windowDays, graceDays }) => {
  const first = await house.partner({ sandbox, windowDays, graceDays })
  const servers: Servers = {
    count: house.services.length,
    restart: (server) => house.restart(server),
    setClock: (to) => house.clock.set(to),
    async post(server, body) {
      const { url } = house.services[server] as House['services'][number]
      const { status, headers, json } = await new TestPartner(url, first.key, first.number).post(body)
      return { status, json, replayed: headers.get('x-replayed') === '1' }
    },
  }
  return { partner: first.number, servers, now: house.clock.now() }
}

/** What must have come up in a run of the usual length, or it has tested less than it says. */
const mustBeMet = [
  ...['done', 'order_cancelled', 'renewal_too_early'].map((outcome) => `createRenewalOrder ${outcome}`),
  ...['done', 'repeat', 'order_exists', 'customer_unknown'].map((outcome) => `createFirstOrder ${outcome}`),
  ...['suspendOrder', 'resumeOrder', 'cancelOrder', 'uncancelOrder', 'changeOrder'].map(
    (verb) => `${verb} done`,
  ),
  ...['renewal_due', 'expired', 'cancelled', 'cancellation_scheduled', 'renewed'].map(
    (type) => `event order.${type}`,
  ),
  ...['array', 'at once', 'wait', 'restart', 'preview true', 'preview false'],
]

test('every answer, every refusal and the whole feed are as the model foretells', {
  timeout: 600_000,
}, async () => {
  const path = given('MODEL_PATH')
  const { failure, met } = await play({
    partner,
    runs,
    commands,
    seed,
    path,
    replayPath: given('MODEL_REPLAY'),
  })
  if (given('MODEL_TELL')) process.stdout.write(`${JSON.stringify(Object.fromEntries(met), null, 2)}\n`)
  expect(failure).toBeUndefined()
  if (runs >= 40 && path === undefined) expect(mustBeMet.filter((outcome) => !met.has(outcome))).toEqual([])
})

/** Counts the next end from the last one, so that 31 January becomes the 28th for ever. */
class Drifting extends Reference {
  override termAfter(chain: Chain, duration: Term['duration']) {
    const right = super.termAfter(chain, duration)
    if (right.start !== latestOf(chain).end) return right
    const end = monthsAfter(right.start, monthsIn[duration])
    return { start: right.start, end, wantedDay: civilOf(right.start).day }
  }
}

/** Lets time go on without telling what it brings. */
class Forgetful extends Reference {
  override wait(until: number): void {
    this.state.now = until
    if (!this.settings.sandbox) this.realNow = until
  }
}

/** Lets a renewal at the very end of the latest term begin anew. */
class Impatient extends Reference {
  override termAfter(chain: Chain, duration: Term['duration']) {
    const right = super.termAfter(chain, duration)
    const { now } = this.state
    if (now !== latestOf(chain).end) return right
    return { ...right, end: right.end + 1 }
  }
}

describe.each([Drifting, Forgetful, Impatient])('a model with a mistake (%o)', (model) => {
  test('is found out', { timeout: 300_000 }, async () => {
    const { failure } = await play({ partner, model, runs: 1_000, commands, seed, shrink: false })
    expect(failure).toMatch(/was to be|was refused|instead of/)
  })
})
