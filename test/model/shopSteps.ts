/** The steps of a model run in which a shop tells something, and in which what was parked is applied once more. */
import { createHmac } from 'node:crypto'
import { among } from './choices.ts'
import { carryOut } from './likely.ts'
import type { Reference } from './reference.ts'
import { receive, replay } from './sales.ts'
import type { Telling } from './shopPlans.ts'
import { itemFacts, type ShopEvent, type Source } from './shops.ts'
import { difference, type Stage, unanswered } from './stage.ts'
import { Step } from './steps.ts'
import type { Call } from './verdict.ts'

/** A server that was killed with an event in its hands has it taken up again after some ten seconds. */
const mostSeconds = 60

/** A shop tells several things, one after the other, as it may find them: late, twice and in any order. */
export class Sell extends Step {
  readonly #tellings: readonly Telling[]
  readonly #server: number

  constructor(tellings: readonly Telling[], server: number) {
    super(`a shop tells ${JSON.stringify(tellings)}`)
    this.#tellings = tellings
    this.#server = server
  }

  protected async act(model: Reference, stage: Stage): Promise<void> {
    if (!aSource(model, this.#server)) await this.#open(model, stage)
    for (const telling of this.#tellings) {
      const source = aSource(model, this.#server) as Source
      const event = eventOf(model, telling)
      const name = source.sourceId
      for (let time = 0; time < (telling.isTwice ? 2 : 1); time++)
        await tellOnce(model, stage, source, event, this.#server + time)
      receive(model, source, event)
      await untilAsForetold(model, stage, name, this.#server)
      stage.count(`shop ${event.type}`)
    }
    await learnNames(model, stage)
  }

  async #open(model: Reference, stage: Stage): Promise<void> {
    const key = `${model.settings.partner} opened source ${model.state.sources.length}`
    const params = { name: 'Shop', shop: 'stripe', secret: 'whsec_of_the_shop' }
    await this.#carryOut({ method: 'createSource', params, key }, model, stage)
    const { sourceId } = aSource(model, this.#server) as Source
    const named = { sourceId, sku: 'price_a', edition: 'oo-lite' }
    await this.#carryOut({ method: 'mapSku', params: named }, model, stage)
  }

  async #carryOut(call: Call, model: Reference, stage: Stage): Promise<void> {
    const { problem } = await carryOut([call], this.#server, model, stage)
    if (problem) throw new Error(problem)
  }
}

const aSource = ({ state }: Reference, which: number): Source | undefined =>
  among(
    state.sources.filter(({ deletedAt }) => deletedAt === null),
    which,
  )

function eventOf({ state, settings, realNow }: Reference, telling: Telling): ShopEvent {
  const { inbox } = state
  const { ahead, account, subscription, isOtherMode, isTwice: _, ...rest } = telling
  const last = inbox.at(-1)?.event.created ?? realNow
  return {
    ...rest,
    eventId: `evt_${inbox.length}`,
    created: last + ahead,
    isLive: settings.sandbox === isOtherMode,
    account: `cus_${account}`,
    subscription: `sub_${subscription}`,
  }
}

/** Sends an event until it is acknowledged, as a shop does. */
async function tellOnce(
  { realNow }: Reference,
  stage: Stage,
  source: Source,
  event: ShopEvent,
  server: number,
): Promise<void> {
  const body = JSON.stringify(payloadOf(event))
  const signed = createHmac('sha256', source.known.secret).update(`${realNow}.${body}`).digest('hex')
  const path = `/hooks/stripe/${stage.resolved(source.sourceId)}`
  for (let turn = server; ; turn++) {
    const headers = { 'stripe-signature': `t=${realNow},v1=${signed}` }
    const status = await stage.servers.send(turn % stage.servers.count, path, body, headers)
    if (status === 200) return
    if (status !== undefined && status !== 503)
      throw new Error(`the event ${event.eventId} was answered ${status}`)
    stage.count('event sent once more')
    await unanswered()
  }
}

function payloadOf({ eventId, type, created, isLive, account, name, ...sold }: ShopEvent) {
  const customer = { id: account, name, email: null, phone: null, metadata: {} }
  const { subscription: id, status, price, quantity } = sold
  const item = { id: `si_${id}`, quantity, price: { id: price, lookup_key: null, product: 'prod_office' } }
  const subscription = { id, customer: account, status, metadata: {}, items: { data: [item] } }
  const object = type.startsWith('customer.subscription')
    ? subscription
    : type.startsWith('customer')
      ? customer
      : { id: 'other' }
  return { id: eventId, type, created, livemode: isLive, data: { object } }
}

/** What a shop tells is applied in the background. */
async function untilAsForetold(model: Reference, stage: Stage, sourceId: string, server: number) {
  const items = model.state.inbox.filter((item) => item.sourceId === sourceId)
  const call = { method: 'listInbox', params: { sourceId, limit: 500 } }
  const { backgroundSeconds = mostSeconds } = stage.servers
  for (const until = performance.now() + backgroundSeconds * 1_000; ; ) {
    const { result } = await stage.call(server, call)
    const told = (result?.items ?? []) as Record<string, unknown>[]
    const found = difference(stage.resolved(items.toReversed().map(itemFacts)), told)
    if (found === undefined) {
      for (const { inboxId, event } of items)
        stage.learn(inboxId, String(told.find(({ eventId }) => eventId === event.eventId)?.inboxId))
      return
    }
    const isComing = told.length < items.length || told.some(({ state }) => state === 'received')
    const last = told.find(({ state }) => state === 'parked')
    if ((!isComing && !last) || performance.now() > until)
      throw new Error(`the inbox is otherwise: ${found} ${JSON.stringify(told)}`)
    await unanswered()
  }
}

/** The UUIDs of what a shop has sold, by the subscriptions that it was sold in, and of those who bought it. */
async function learnNames(model: Reference, stage: Stage): Promise<void> {
  const subscriptions = model.state.sources.flatMap((source) => [...source.subscriptions])
  for (const [subscription, { license }] of subscriptions) {
    if (!license || stage.knows({ method: '', params: { licenseId: license.licenseId } })) continue
    const list = { method: 'listLicenses', params: { subscription, limit: 500 } }
    const { result } = await stage.call(0, list)
    const items = (result?.items ?? []) as { licenseId: string; description: string; references: object }[]
    const known = new Set(model.state.licenses.map(({ licenseId }) => stage.resolved(licenseId)))
    const [found] = items.filter(({ licenseId }) => !known.has(licenseId))
    if (found) stage.learn(license.licenseId, found.licenseId)
  }
  const accounts = model.state.sources.flatMap((source) => [...source.accounts.keys()])
  for (const id of new Set(accounts)) {
    const { problem } = await carryOut([{ method: 'getCustomer', params: { id } }], 1, model, stage)
    if (problem) throw new Error(problem)
  }
}

/** What is parked is applied once more, where that is to be seen. */
export class Replay extends Step {
  readonly #which: number
  readonly #isWhole: boolean

  constructor(which: number, isWhole: boolean) {
    super(`replay ${which}${isWhole ? ' and all with it' : ''}`)
    this.#which = which
    this.#isWhole = isWhole
  }

  protected async act(model: Reference, stage: Stage): Promise<void> {
    const parked = model.state.inbox.filter(({ state }) => state === 'parked')
    const chosen = among(parked, this.#which)
    const source = model.state.sources.find(({ sourceId }) => sourceId === chosen?.sourceId)
    if (!chosen || source?.deletedAt !== null) return
    const { sourceId, inboxId } = chosen
    const wanted = this.#isWhole
      ? (item: { sourceId: string }) => item.sourceId === sourceId
      : (item: { inboxId: string }) => item.inboxId === inboxId
    const last = parked.findLast(wanted)
    const foreseen = model.copy()
    replay(foreseen, wanted)
    // Done in the order of receipt: where the last stays parked, nobody would see that it was tried.
    if (foreseen.state.inbox.find((item) => item.inboxId === last?.inboxId)?.state === 'parked') return
    const call = {
      method: 'replayInbox',
      params: this.#isWhole ? { sourceId } : { inboxId },
      key: `replayed ${model.state.inbox.length} ${model.state.keyed.size}`,
    }
    const { problem } = await carryOut([call], this.#which, model, stage)
    if (problem) throw new Error(problem)
    replay(model, wanted)
    await untilAsForetold(model, stage, sourceId, this.#which)
    await learnNames(model, stage)
    stage.count('replayed')
  }
}
