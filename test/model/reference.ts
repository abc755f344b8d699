/**
 * The reference model: a small formulation of what every call of a partner must answer, made from the
 * contract and not from the code. It knows nothing of databases, groups, servers or connections, and of one partner.
 */
import { type Instant, monthsAfter } from './calendar.ts'
import { catalogueCalls, type Edition, firstCatalogue, type Product } from './catalogue.ts'
import { type Chain, firstOf, follow, isOver, passTime, type Settings, type Term } from './chain.ts'
import { type Consumer, consumerCalls, grantersOf } from './consumers.ts'
import { creates } from './creates.ts'
import { type Customer, customerCalls } from './customers.ts'
import { type Endpoint, endpointCalls } from './endpoints.ts'
import { checkEntitlement } from './entitlement.ts'
import { type ApiKey, firstKey, keyCalls, type Partner, refuseKey } from './keys.ts'
import { licenseCalls, passTimeOfLicenses } from './licenseCalls.ts'
import { updateLicense } from './licenseChanges.ts'
import type { License } from './licenses.ts'
import { reads } from './reads.ts'
import { reconcile } from './reconciliation.ts'
import { hasOwnId, type Taken } from './repeats.ts'
import { type InboxItem, isOlder, type Source, shopCalls, type Told } from './shops.ts'
import { verbs } from './verbs.ts'
import { type Call, differing, done, type Params, Refusal, readInstant, type Verdict } from './verdict.ts'

interface State {
  now: Instant
  readonly customers: Customer[]
  readonly chains: Chain[]
  readonly licenses: License[]
  readonly consumers: Consumer[]
  readonly products: Product[]
  readonly editions: Edition[]
  readonly keys: ApiKey[]
  readonly partners: Partner[]
  readonly endpoints: Endpoint[]
  readonly sources: Source[]
  readonly inbox: InboxItem[]
  /** Who took which id, by kind and id. */
  readonly requests: Map<string, Taken>
  /** The calls that were done under an idempotency key. */
  readonly keyed: Map<string, { call: Call; verdict: Verdict & { kind: 'done' } }>
}

function firstState(now: Instant): State {
  const catalogue = firstCatalogue()
  const taken: Taken = { call: null, answer: {}, name: '' }
  const codes = [
    ...catalogue.products.map(({ code }) => `product ${code}`),
    ...catalogue.editions.map(({ code }) => `edition ${code}`),
  ]
  const requests = new Map(codes.map((code) => [code, taken]))
  return {
    now,
    customers: [],
    chains: [],
    licenses: [],
    consumers: [],
    keys: [firstKey(now)],
    partners: [],
    endpoints: [],
    sources: [],
    inbox: [],
    ...catalogue,
    requests,
    keyed: new Map(),
  }
}

/** How far ahead of the machine's time a sandbox may be moved. */
const yearsAhead = 50

type Answering = Record<string, (model: Reference, params: Params) => Verdict>

const clock: Answering = {
  getClock: ({ state, settings }) => done({ now: state.now, sandbox: settings.sandbox }),
  setClock: (model, { at }) => model.moveClock(readInstant(at), 'at'),
  advanceClock: (model, { days, seconds }) =>
    days === undefined
      ? model.moveClock(model.state.now + seconds, 'seconds')
      : model.moveClock(model.state.now + days * 86_400, 'days'),
}

const answering: Answering = {
  ...creates,
  ...verbs,
  ...reads,
  ...customerCalls,
  ...catalogueCalls,
  ...licenseCalls,
  updateLicense,
  ...consumerCalls,
  checkEntitlement,
  reconcile,
  ...clock,
  ...keyCalls,
  ...endpointCalls,
  ...shopCalls,
}

export class Reference {
  readonly settings: Settings
  /** The machine's time, which a sandbox does not follow. */
  realNow: Instant
  state: State
  /** The idempotency key of the call that is being answered: a name for what nothing else names. */
  callKey = 'nothing'
  /** The same for a call that nobody sent, such as those that a sale brings about. */
  inwardName: string | undefined

  constructor(settings: Settings, realNow: Instant, state?: State) {
    this.settings = settings
    this.realNow = realNow
    this.state = state ?? firstState(realNow)
  }

  /** Another one that goes on from here by itself. */
  copy(): Reference {
    const Self = this.constructor as typeof Reference
    return new Self(this.settings, this.realNow, structuredClone(this.state))
  }

  /** Time goes on, and everything due on the way is told. */
  wait(until: Instant): void {
    this.state.now = until
    if (!this.settings.sandbox) this.realNow = until
    for (const chain of this.state.chains) passTime(chain, this.settings, until)
    passTimeOfLicenses(this, until)
  }

  /** What a call must answer; what it changes is changed here too. */
  call(call: Call): Verdict {
    const { method, params, as = 'itself' } = call
    // What is kept under a key is for whoever has sent it.
    const key = call.key && `${as} ${call.key}`
    this.callKey = key ?? this.inwardName ?? 'nothing'
    const answer = answering[method]
    if (!answer) throw new Error(`The model does not know ${method}.`)
    try {
      this.refuseKey(call)
      if (key === undefined || hasOwnId(call)) return answer(this, params)
      return this.#again(key, call) ?? this.#keep(key, call, () => answer(this, params))
    } catch (error) {
      if (error instanceof Refusal) return error.verdict
      throw error
    }
  }

  /** A call that comes again under the idempotency key of one that was done is that one; another one may not have it. */
  #again(key: string, { method, params }: Call): Verdict | undefined {
    const kept = this.state.keyed.get(key)
    if (!kept) return undefined
    if (kept.call.method !== method || differing(params, kept.call.params).length > 0)
      throw new Refusal('params_invalid', { paths: ['idempotency-key'] })
    return { ...kept.verdict, repeats: `key ${key}` }
  }

  #keep(key: string, call: Call, answer: () => Verdict): Verdict {
    const verdict = answer()
    if (verdict.kind === 'refused') return verdict
    this.state.keyed.set(key, { call, verdict })
    return { ...verdict, creates: `key ${key}` }
  }

  /** Refuses a call whose key may not make it. A test puts a mistake in its place, as in that of the next ones. */
  refuseKey(call: Call): void {
    refuseKey(this, call)
  }

  /** Whether a shop has told something newer already. */
  isOlder(told: Told | undefined, at: number, by: number): boolean {
    return isOlder(told, at, by)
  }

  /** When the term that follows begins and ends. A test puts a mistake in its place, to see it found. */
  termAfter(chain: Chain, duration: Term['duration']) {
    return follow(chain, this.settings, duration, this.state.now)
  }

  moveClock(to: Instant, path: string): Verdict {
    const { now } = this.state
    if (!this.settings.sandbox) throw new Refusal('not_sandbox', {})
    if (to < now || to > monthsAfter(this.realNow, 12 * yearsAhead))
      throw new Refusal('params_invalid', { paths: [path] })
    this.wait(to)
    return done({ now: to, sandbox: true, changed: to !== now })
  }

  /** The chain that any of its orders' ids names. */
  chainWith(id: string): Chain | undefined {
    return this.state.chains.find(({ terms }) => terms.some((term) => term.id === id))
  }

  chainOfFirst(id: string): Chain {
    const chain = this.chainWith(id)
    if (!chain) throw new Refusal('order_unknown', { id })
    const parent = firstOf(chain).id
    if (parent !== id) throw new Refusal('order_not_first', { parent })
    return chain
  }

  refuseOver(chain: Chain): void {
    if (isOver(chain, this.state.now)) throw new Refusal('order_cancelled', { since: chain.endsAt })
  }

  /** The customer that has or had an id. A test puts a mistake in its place, as in that of the next ones. */
  holderOf(id: string): Customer | undefined {
    return this.state.customers.find(({ ids }) => ids.includes(id))
  }

  /** The customers whose licences a consumer could use at a moment. */
  grantersOf(consumer: Params, at: Instant): Customer[] {
    return grantersOf(this, consumer, at)
  }

  /** Which version of an edition a licence takes that is given it. */
  versionTaken(edition: Edition): number {
    return edition.versions.length
  }

  customer(id: string | undefined, customerId?: string): Customer {
    const uuid = customerId?.toLowerCase()
    const found =
      id === undefined ? this.state.customers.find((one) => one.customerId === uuid) : this.holderOf(id)
    if (!found) throw new Refusal('customer_unknown', { id: id ?? customerId })
    return found
  }

  refuseInactive({ id, known }: Customer): void {
    if (!known.isActive) throw new Refusal('customer_inactive', { customer: id })
  }

  edition(code: string): Edition {
    const found = this.state.editions.find((edition) => edition.code === code)
    if (!found) throw new Refusal('edition_unknown', { id: code })
    return found
  }

  refuseUnknownProduct(code: string): void {
    if (!this.state.products.some((product) => product.code === code))
      throw new Refusal('product_unknown', { id: code })
  }

  refuseOtherVersion(version: number, seen: number | undefined): void {
    if (seen !== undefined && seen !== version) throw new Refusal('version_conflict', { version })
  }
}
