/**
 * Load on a service, wherever it runs: several partners, each with callers that write and read one call after the other
 * on connections they keep. Every call that is not answered with a result is counted and told; nothing is sent again.
 */
import { Agent, request } from 'node:http'

export interface Partner {
  readonly number: number
  readonly key: string
}

/** What became of the calls. */
export interface Tally {
  answered: number
  failed: number
  /** How many failed in which way. */
  readonly ways: Map<string, number>
  /** The longest that a call took. Milliseconds. */
  slowest: number
}

interface Answer {
  readonly status: number
  readonly json: Record<string, unknown>
}

/** Sends one call on a kept connection. */
export function send(agent: Agent, url: string, key: string, call: object): Promise<Answer> {
  const body = JSON.stringify(call)
  return new Promise((resolve, reject) => {
    const headers = {
      'x-api-key': key,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }
    const sent = request(`${url}/rpc`, { method: 'POST', agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.once('error', reject)
      response.once('end', () => {
        try {
          resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) as Answer['json'] })
        } catch {
          reject(new Error(`answered ${response.statusCode} without JSON`))
        }
      })
    })
    sent.once('error', reject)
    sent.end(body)
  })
}

/** Makes partners, each with a customer. */
export async function makePartners(url: string, operator: string, count: number): Promise<Partner[]> {
  const agent = new Agent({ keepAlive: true })
  const call = async (key: string, method: string, params: object): Promise<Answer['json']> => {
    const { status, json } = await send(agent, url, key, { method, params })
    if (status !== 200) throw new Error(`${method} was answered ${status}: ${JSON.stringify(json)}`)
    return json
  }
  const partners: Partner[] = []
  for (let index = 0; index < count; index++) {
    const made = await call(operator, 'createPartner', { name: `P${index}` })
    const partner = { number: made.partner as number, key: made.apiKey as string }
    await call(partner.key, 'createCustomer', { id: 'C', name: 'C' })
    partners.push(partner)
  }
  agent.destroy()
  return partners
}

export class Load {
  readonly tally: Tally = { answered: 0, failed: 0, ways: new Map(), slowest: 0 }
  /** Orders whose creation was answered, of each partner. */
  readonly acknowledged = new Map<Partner, string[]>()
  readonly #url: string
  readonly #agent: Agent
  readonly #running: Promise<unknown>
  #ends = false

  constructor(url: string, partners: readonly Partner[], callersEach: number, run = '') {
    this.#url = url
    this.#agent = new Agent({ keepAlive: true, maxSockets: partners.length * callersEach })
    this.#running = Promise.all(
      partners.flatMap((partner) => {
        this.acknowledged.set(partner, [])
        return Array.from({ length: callersEach }, (_, index) => this.#caller(partner, `${run}${index}`))
      }),
    )
  }

  /** Lets the calls under way be answered. */
  async stop(): Promise<Tally> {
    this.#ends = true
    await this.#running
    this.#agent.destroy()
    return this.tally
  }

  async #caller(partner: Partner, name: string): Promise<void> {
    const order = { customer: 'C', product: 'oo-lite', licenses: 1, duration: 'monthly' }
    for (let turn = 0; !this.#ends; turn++) {
      const id = `${name}.${turn}`
      if (await this.#call(partner, 'createFirstOrder', { ...order, id })) {
        this.acknowledged.get(partner)?.push(id)
        await this.#call(partner, 'getOrder', { id })
        if (turn % 2 === 0) await this.#call(partner, 'suspendOrder', { id })
      }
      await this.#call(partner, turn % 3 === 0 ? 'listOrders' : 'listEvents', { limit: 5 })
    }
  }

  async #call(partner: Partner, method: string, params: object): Promise<boolean> {
    const began = performance.now()
    let way: string | undefined
    try {
      const { status, json } = await send(this.#agent, this.#url, partner.key, { method, params })
      const { error } = json as { error?: { data?: { reason?: string } } }
      if (status !== 200) way = `${method}: ${status} ${error?.data?.reason ?? ''}`
    } catch (error) {
      way = `${method}: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`
    }
    this.tally.slowest = Math.max(this.tally.slowest, performance.now() - began)
    if (way === undefined) this.tally.answered += 1
    else {
      this.tally.failed += 1
      this.tally.ways.set(way, (this.tally.ways.get(way) ?? 0) + 1)
    }
    return way === undefined
  }
}
