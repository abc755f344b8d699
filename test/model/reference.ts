/**
 * The reference model: a small formulation of what every call on customers and orders must answer, made from the
 * contract and not from the code. It knows nothing of databases, groups, servers or connections, and of one partner.
 */
import { type Instant, monthsAfter } from './calendar.ts'
import { type Chain, firstOf, follow, isOver, passTime, type Settings, type Term } from './chain.ts'
import { creates } from './creates.ts'
import { reads } from './reads.ts'
import { verbs } from './verbs.ts'
import { type Call, done, type Params, Refusal, readInstant, type Verdict } from './verdict.ts'

export interface Customer {
  readonly id: string
  readonly number: number
  readonly name: string
  readonly createdAt: Instant
  isActive: boolean
  readonly story: { type: string; at: Instant; isActive: boolean }[]
}

interface State {
  now: Instant
  readonly customers: Customer[]
  readonly chains: Chain[]
  /** The creating calls that were done, by kind and id. */
  readonly requests: Map<string, Call>
}

const editions = ['oo-lite', 'oo-std', 'oo-ent', 'erp-std', 'erp-admin', 'erp-lim']

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

const answering: Answering = { ...creates, ...verbs, ...reads, ...clock }

export class Reference {
  readonly settings: Settings
  /** The machine's time, which a sandbox does not follow. */
  realNow: Instant
  state: State

  constructor(settings: Settings, realNow: Instant, state?: State) {
    this.settings = settings
    this.realNow = realNow
    this.state = state ?? { now: realNow, customers: [], chains: [], requests: new Map() }
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
  }

  /** What a call must answer; what it changes is changed here too. */
  call({ method, params }: Call): Verdict {
    const answer = answering[method]
    if (!answer) throw new Error(`The model does not know ${method}.`)
    try {
      return answer(this, params)
    } catch (error) {
      if (error instanceof Refusal) return error.verdict
      throw error
    }
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

  customer(id: string): Customer {
    const customer = this.state.customers.find((one) => one.id === id)
    if (!customer) throw new Refusal('customer_unknown', { id })
    return customer
  }

  refuseInactive({ id, isActive }: Customer): void {
    if (!isActive) throw new Refusal('customer_inactive', { customer: id })
  }

  refuseUnknownEdition(code: string): void {
    if (!editions.includes(code)) throw new Refusal('edition_unknown', { id: code })
  }
}
