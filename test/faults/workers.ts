/**
 * Callers that go on calling whatever happens to the service: customers, first orders, renewals, verbs and licences,
 * some of them for things that several callers want at once. What they were told is their history.
 */
import { type Answers, send, type Wire } from './calls.ts'
import { pick, random } from './chance.ts'
import type { Step } from './history.ts'
import type { Caller } from './scene.ts'

interface OwnChain {
  readonly id: string
  isSuspended: boolean
}

export class Worker {
  readonly history: Step[] = []
  readonly #wire: Wire
  readonly #name: string
  readonly #random: () => number
  readonly #customers: string[] = []
  readonly #chains: OwnChain[] = []
  /** So long ago that what began then may be renewed at once; the same for all callers of a round. */
  readonly #startsAt: number
  #things = 0

  constructor(options: {
    doors: readonly string[]
    caller: Caller
    name: string
    answers: Answers
    seed: number
    startsAt: number
  }) {
    const { doors, caller, answers } = options
    this.#random = random(options.seed)
    this.#wire = { doors, caller, answers, chance: this.#random }
    this.#name = options.name
    this.#startsAt = options.startsAt
  }

  async work(until: AbortSignal): Promise<void> {
    while (!until.aborted) await this.#act()
  }

  /** Sends everything that was left open once more, until it is settled. */
  async settle(): Promise<void> {
    for (const step of this.history) if (step.outcome === 'unknown') await send(this.#wire, step)
  }

  async #act(): Promise<void> {
    const chance = this.#random()
    if (chance < 0.1 || this.#customers.length === 0)
      return this.#createCustomer(this.#newId('C'), this.#name)
    const chain = this.#chains.length > 0 ? pick(this.#chains, this.#random) : undefined
    const customer = pick(this.#customers, this.#random)
    // Several callers want the same id for different customers; one of them gets it.
    if (chance < 0.14) return this.#createCustomer(`shared-${Math.floor(this.#random() * 40)}`, this.#name)
    if (chance < 0.2) return this.#createOrder('NOBODY')
    if (chance < 0.34) return this.#createLicense(customer)
    if (chance < 0.44) return this.#race()
    if (chance < 0.6 || !chain) return this.#createOrder(customer)
    if (chance < 0.72) return this.#renew(chain.id)
    return this.#turn(chain)
  }

  async #createCustomer(id: string, name: string): Promise<void> {
    const step = this.#step('createCustomer', { id, name })
    await send(this.#wire, step, this.#random() < 0.3)
    if (step.outcome === 'ok') this.#customers.push(id)
  }

  async #createOrder(customer: string): Promise<void> {
    const id = this.#newId('O')
    const step = this.#step('createFirstOrder', this.#orderParams(id, customer))
    await send(this.#wire, step, this.#random() < 0.3)
    if (step.outcome === 'ok') this.#chains.push({ id, isSuspended: false })
  }

  /** Some licences are known by an id of the caller's own, the others only by a key that is sent along. */
  async #createLicense(customer: string): Promise<void> {
    const name = this.#newId('L')
    const isNamed = this.#random() < 0.5
    const params = { customer, edition: 'erp-std', quantity: 1 + Math.floor(this.#random() * 9), name }
    const step = this.#step('createLicense', isNamed ? { ...params, id: name } : params)
    if (!isNamed) step.idempotencyKey = `key of ${name}`
    await send(this.#wire, step, this.#random() < 0.3)
  }

  /** All callers of a partner want the same chain and the same term of it; one of them gets the term. */
  async #race(): Promise<void> {
    await send(this.#wire, this.#step('createCustomer', { id: 'racer', name: 'racer' }))
    const id = `race-${Math.floor(this.#wire.answers.count / 80)}`
    await send(this.#wire, this.#step('createFirstOrder', this.#orderParams(id, 'racer')))
    await this.#renew(id)
  }

  async #renew(parent: string): Promise<void> {
    await send(this.#wire, this.#step('createRenewalOrder', { id: this.#newId('R'), parent }))
  }

  /** Mostly the verb that has something to do, sometimes the one that has not. */
  async #turn(chain: OwnChain): Promise<void> {
    const changes = this.#random() < 0.8
    const suspends = chain.isSuspended !== changes
    const step = this.#step(suspends ? 'suspendOrder' : 'resumeOrder', { id: chain.id })
    step.changes = changes
    await send(this.#wire, step)
    if (changes) chain.isSuspended = !chain.isSuspended
  }

  #orderParams(id: string, customer: string): Step['params'] {
    return { id, customer, product: 'oo-lite', licenses: 1, duration: 'monthly', startsAt: this.#startsAt }
  }

  #step(method: string, params: Step['params']): Step {
    const { partner } = this.#wire.caller
    const step: Step = { partner, method, params, unsettled: 0, late: 0, outcome: 'unknown' }
    this.history.push(step)
    return step
  }

  #newId(kind: string): string {
    this.#things += 1
    return `${this.#name}-${kind}${this.#things}`
  }
}
