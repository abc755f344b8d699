/**
 * Callers that go on calling whatever happens to the service, and write down what they were told. A caller that got no
 * answer sends the same call again, as an integration would, unless it leaves the matter open on purpose.
 */
import type { Step } from './history.ts'
import type { ServiceProcess } from './process.ts'

/** A stream of numbers in [0, 1) that one seed determines (mulberry32). */
export function random(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export interface Caller {
  readonly partner: number
  readonly key: string
}

type Told = 'ok' | 'refused' | 'not done' | 'unknown'

/** The answers of all workers together; a fault waits until so many have come. */
export class Answers {
  #count = 0
  #waiting: { at: number; resolve: () => void }[] = []

  add(): void {
    this.#count += 1
    for (const { resolve } of this.#waiting.filter(({ at }) => at <= this.#count)) resolve()
    this.#waiting = this.#waiting.filter(({ at }) => at > this.#count)
  }

  more(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ at: this.#count + count, resolve })
    })
  }
}

export class Worker {
  readonly history: Step[] = []
  readonly #service: ServiceProcess
  readonly #caller: Caller
  readonly #name: string
  readonly #answers: Answers
  readonly #random: () => number
  readonly #customers: string[] = []
  readonly #chains: { id: string; isSuspended: boolean }[] = []
  #things = 0

  constructor(service: ServiceProcess, caller: Caller, name: string, answers: Answers, seed: number) {
    this.#service = service
    this.#caller = caller
    this.#name = name
    this.#answers = answers
    this.#random = random(seed)
  }

  async work(until: AbortSignal): Promise<void> {
    while (!until.aborted) await this.#act()
  }

  /** Sends everything that was left open once more. */
  async settle(): Promise<void> {
    for (const step of this.history) if (step.outcome === 'unknown') await this.#send(step)
  }

  async #act(): Promise<void> {
    const chance = this.#random()
    const chain = this.#pick(this.#chains)
    const customer = this.#pick(this.#customers)
    if (chance < 0.15 || !customer) return this.#createCustomer(this.#newId('C'), this.#name)
    // Several callers want the same id for different customers; one of them gets it.
    if (chance < 0.2) return this.#createCustomer(`shared-${Math.floor(this.#random() * 40)}`, this.#name)
    if (chance < 0.3) return this.#createOrder('NOBODY')
    if (chance < 0.5 || !chain) return this.#createOrder(customer)
    if (chance < 0.65) return this.#renew(chain)
    return this.#turn(chain)
  }

  async #createCustomer(id: string, name: string): Promise<void> {
    const step = this.#step('createCustomer', { id, name })
    await this.#send(step, this.#random() < 0.4)
    if (step.outcome === 'ok') this.#customers.push(id)
  }

  async #createOrder(customer: string): Promise<void> {
    const id = this.#newId('O')
    // Begun so long ago that it may be renewed at once.
    const startsAt = Math.floor(Date.now() / 1000) - 20 * 86_400
    const params = { id, customer, product: 'oo-lite', licenses: 1, duration: 'monthly', startsAt }
    const step = this.#step('createFirstOrder', params)
    await this.#send(step, this.#random() < 0.4)
    if (step.outcome === 'ok') this.#chains.push({ id, isSuspended: false })
  }

  async #renew(chain: { id: string }): Promise<void> {
    await this.#send(this.#step('createRenewalOrder', { id: this.#newId('R'), parent: chain.id }))
  }

  /** Mostly the verb that has something to do, sometimes the one that has not. */
  async #turn(chain: { id: string; isSuspended: boolean }): Promise<void> {
    const changes = this.#random() < 0.8
    const suspends = chain.isSuspended !== changes
    const step = this.#step(suspends ? 'suspendOrder' : 'resumeOrder', { id: chain.id }, changes)
    await this.#send(step)
    if (changes) chain.isSuspended = !chain.isSuspended
  }

  #step(method: string, params: Step['params'], changes?: boolean): Step {
    const { partner } = this.#caller
    const step: Step = { partner, method, params, unsettled: 0, outcome: 'unknown' }
    this.history.push(changes === undefined ? step : { ...step, changes })
    return this.history.at(-1) as Step
  }

  /** Sends a call until it is settled; one that may be left open is sent once. */
  async #send(step: Step, mayStayOpen = false): Promise<void> {
    for (;;) {
      const { told, json } = await this.#post(step)
      this.#answers.add()
      if (told === 'ok' || told === 'refused') {
        step.outcome = told
        step.answer = json as Record<string, unknown>
        return
      }
      if (mayStayOpen) {
        // What is certainly not done may be left at that, and then must not be there.
        if (told === 'not done' && step.unsettled === 0) step.outcome = 'refused'
        return
      }
      step.unsettled += 1
    }
  }

  async #post({ method, params }: Step): Promise<{ told: Told; json?: unknown }> {
    const url = await this.#service.url
    try {
      const response = await fetch(`${url}/rpc`, {
        method: 'POST',
        headers: { 'x-api-key': this.#caller.key, 'content-type': 'application/json' },
        body: JSON.stringify({ method, params }),
      })
      const json = (await response.json()) as { error?: { data: { outcome?: string } } }
      if (response.status === 200) return { told: 'ok', json }
      if (response.status === 503)
        return { told: json.error?.data.outcome === 'not_done' ? 'not done' : 'unknown' }
      if (response.status >= 500) throw new Unexpected(`${method} was answered ${JSON.stringify(json)}`)
      return { told: 'refused', json }
    } catch (error) {
      if (error instanceof Unexpected) throw error
      // The connection broke or could not be made: what became of the call is not known.
      return { told: 'unknown' }
    }
  }

  #pick<Item>(items: readonly Item[]): Item | undefined {
    return items[Math.floor(this.#random() * items.length)]
  }

  #newId(kind: string): string {
    this.#things += 1
    return `${this.#name}-${kind}${this.#things}`
  }
}

/** An answer that no fault excuses. */
class Unexpected extends Error {}
