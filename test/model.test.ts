/**
 * The whole service against a small reference model: random courses of calls, of waiting and of restarts over two
 * servers on one database. Every answer and every refusal is foretold, and in the end every chain and the whole feed.
 *
 * MODEL_RUNS, MODEL_COMMANDS and MODEL_SEED set how much is tried and from where; a failure prints what brings it back.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type House, openHouse, TestPartner } from './house.ts'
import { post } from './inbox/shop.ts'
import { civilOf, monthsAfter } from './model/calendar.ts'
import { type Chain, latestOf, monthsIn, type Term } from './model/chain.ts'
import { comparisons, consuming, licensing, naming, renewals } from './model/plans.ts'
import { Receiver } from './model/receiver.ts'
import { Reference } from './model/reference.ts'
import { type Play, play } from './model/run.ts'
import { isBrokenOff, type Servers } from './model/stage.ts'
import { type Call, type Params, readInstant, type Verdict } from './model/verdict.ts'

let house: House
let receiver: Receiver
beforeAll(async () => {
  house = await openHouse({ servers: 2, config: { webhookAllow: ['127.0.0.0/8'] } })
  receiver = await Receiver.open()
})
afterAll(async () => {
  await house.close()
  await receiver.close()
})

const given = (name: string): string | undefined => process.env[name] || undefined
const runs = Number(given('MODEL_RUNS') ?? 40)
const commands = Number(given('MODEL_COMMANDS') ?? 40)
// The same courses every time: what is new is for `npm run model` to find.
const seed = Number(given('MODEL_SEED') ?? 2)

/** A server that ends may leave a request without an answer. */
function unlessBrokenOff<Answer>(sent: Promise<Answer>): Promise<Answer | undefined> {
  return sent.catch((error) => {
    if (isBrokenOff(error)) return undefined
    throw error
  })
}

const partner: Play['partner'] = async ({ sandbox, windowDays, graceDays }) => {
  const first = await house.partner({ sandbox, windowDays, graceDays })
  const servers: Servers = {
    count: house.services.length,
    backgroundSeconds: 10,
    restart: (server) => house.restart(server),
    setClock: async (to) => house.clock.set(to),
    async post(server, body, how) {
      const { url } = house.services[server] as House['services'][number]
      const key = how?.as === 'operator' ? house.operator.key : (how?.as ?? first.key)
      const idempotent: Record<string, string> = how?.key === undefined ? {} : { 'idempotency-key': how.key }
      const answered = await unlessBrokenOff(new TestPartner(url, key, first.number).post(body, idempotent))
      if (!answered) return undefined
      const { status, headers, json } = answered
      return { status, json, replayed: headers.get('x-replayed') === '1' }
    },
    async send(server, path, body, headers) {
      const { url } = house.services[server] as House['services'][number]
      return (await unlessBrokenOff(post(`${url}${path}`, body, headers)))?.status
    },
  }
  return { partner: first.number, servers, now: house.clock.now() }
}

/** What must have come up in a run of the usual length, or it has tested less than it says. */
const mustBeMet = [
  ...['done', 'order_cancelled', 'renewal_too_early'].map((outcome) => `createRenewalOrder ${outcome}`),
  ...['done', 'repeat'].map((outcome) => `createFirstOrder ${outcome}`),
  ...['createLicense license_exists', 'createConsumer consumer_exists'],
  ...['suspendOrder', 'resumeOrder', 'cancelOrder', 'uncancelOrder', 'changeOrder'].map(
    (verb) => `${verb} done`,
  ),
  ...['renewal_due', 'expired', 'cancelled', 'cancellation_scheduled', 'renewed'].map(
    (type) => `event order.${type}`,
  ),
  ...['createCustomer', 'createLicense', 'createConsumer'].flatMap((create) =>
    ['done', 'repeat'].map((outcome) => `${create} ${outcome}`),
  ),
  ...['renameCustomer', 'updateLicense', 'revokeLicenses', 'updateConsumer', 'grantAccess'].map(
    (verb) => `${verb} done`,
  ),
  ...['listCustomers', 'listOrders', 'listLicenses', 'listConsumers', 'reconcile', 'updateEdition'].map(
    (method) => `${method} done`,
  ),
  ...['license.expired', 'access.granted'].map((type) => `event ${type}`),
  ...['createApiKey', 'createPartner', 'createWebhookEndpoint', 'mapSku'].map((method) => `${method} done`),
  'shop customer.subscription.updated',
  ...['array', 'at once', 'wait', 'restart closed', 'preview true', 'preview false'],
]

test('every answer, every refusal and the whole feed are as the model foretells', {
  timeout: 600_000,
}, async () => {
  const path = given('MODEL_PATH')
  const { failure, met } = await play({
    partner,
    receiver,
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

/** Knows a customer by its present id alone. */
class Renaming extends Reference {
  override holderOf(id: string) {
    return this.state.customers.find((customer) => customer.id === id)
  }
}

/** Takes the day through which a licence is valid for the day on which it ends. */
class Curt extends Reference {
  override call(call: Call): Verdict {
    const { validUntil } = call.params
    if (typeof validUntil !== 'string') return super.call(call)
    return super.call({ ...call, params: { ...call.params, validUntil: readInstant(validUntil) } })
  }
}

/** Goes on selling an edition as it was at first. */
class Outdated extends Reference {
  override versionTaken(): number {
    return 1
  }
}

/** Judges the past of a consumer by the access that it has now. */
class Shortsighted extends Reference {
  override grantersOf(consumer: Params) {
    return super.grantersOf(consumer, this.state.now)
  }
}

/** Takes a member that a list says nothing of for one that is to be empty. */
class Literal extends Reference {
  override call(call: Call): Verdict {
    if (call.method !== 'reconcile') return super.call(call)
    const rows = JSON.parse(JSON.stringify(call.params.rows), (_, value) => value ?? '')
    return super.call({ ...call, params: { ...call.params, rows } })
  }
}

/** Does not know a call again by its idempotency key. */
class Keyless extends Reference {
  override call({ key: _, ...call }: Call): Verdict {
    return super.call(call)
  }
}

/** Lets every key do everything. */
class Lenient extends Reference {
  override refuseKey(): void {}
}

/** Believes whatever a shop says last. */
class Gullible extends Reference {
  override isOlder(): boolean {
    return false
  }
}

const shareOf = new Map<typeof Reference, NonNullable<Play['house']>>([
  [Lenient, 'mostly'],
  [Gullible, 'sales'],
])
const mistaken: [model: typeof Reference, about?: Play['about']][] = [
  [Lenient],
  [Gullible],
  [Drifting, renewals],
  [Forgetful],
  [Impatient, renewals],
  [Renaming, naming],
  [Curt, licensing],
  [Outdated, licensing],
  [Shortsighted, consuming],
  [Literal, comparisons],
  [Keyless],
]

describe.each(mistaken)('a model with a mistake (%o)', (model, about) => {
  test('is found out', { timeout: 300_000 }, async () => {
    const house = shareOf.get(model) ?? 'not'
    const { failure } = await play({
      partner,
      receiver,
      model,
      house,
      ...(about ? { about } : {}),
      runs: 1_000,
      commands,
      seed,
      shrink: false,
    })
    expect(failure).toMatch(/was to be|was to have|was refused|was done|was called|instead of|otherwise/)
  })
})
