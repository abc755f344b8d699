/**
 * Services whose outbox a test looks at: a clock that runs like the real one and can be put forward, short delays
 * between attempts, and receivers on this machine that do as they are told.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { inject } from 'vitest'
import type { Config } from '../../src/config.ts'
import { openService, type Service, type ServiceOptions } from '../../src/service.ts'
import type { Clock } from '../../src/tenure.ts'
import { databaseUrl, withClient } from '../database.ts'
import { TestPartner } from '../house.ts'

/** Real time, put forward by so many seconds. */
export class AheadClock implements Clock {
  ahead = 0

  now(): number {
    return Math.floor(this.milliseconds() / 1000)
  }

  milliseconds(): number {
    return Date.now() + this.ahead * 1000
  }
}

/** Delays that a test can wait for. */
const shortSchedule = [0, 0.1, 0.2, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3]

export interface OutboxOptions
  extends Partial<Omit<ServiceOptions, 'config' | 'clock' | 'log' | 'retrySchedule'>> {
  servers?: number
  /** Short unless said otherwise; undefined is the service's own. */
  retrySchedule?: readonly number[] | undefined
  config?: Partial<Config>
  through?: (databaseUrl: string) => Promise<string>
}

export interface OutboxHouse extends AsyncDisposable {
  readonly clock: AheadClock
  readonly services: Service[]
  readonly url: string
  readonly troubles: unknown[]
  readonly operator: TestPartner
  partner(options?: { name?: string; sandbox?: boolean }, server?: number): Promise<TestPartner>
  /** Opens one more server on the same database. */
  open(more?: OutboxOptions): Promise<Service>
  sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
}

export function configOf(url: string, given: Partial<Config> = {}): Config {
  return {
    port: 0,
    host: '127.0.0.1',
    databaseUrl: url,
    dataDirectory: join(tmpdir(), new URL(url).pathname.slice(1)),
    logLevel: 'silent',
    publicUrl: 'http://tenure.test',
    rateLimit: 0,
    databaseConnections: 5,
    namedStatements: process.env.TEST_NAMED_STATEMENTS !== 'off',
    webhookAllow: ['127.0.0.0/8'],
    ...given,
  }
}

export async function openOutbox(options: OutboxOptions = {}): Promise<OutboxHouse> {
  const serverUrl = inject('serverUrl')
  const database = `tenure_test_${randomUUID().replaceAll('-', '')}`
  await withClient(serverUrl, (client) =>
    client.query(`create database ${database} template ${inject('template')}`),
  )
  const url = databaseUrl(serverUrl, database)
  const near = (await options.through?.(url)) ?? url
  const clock = new AheadClock()
  const troubles: unknown[] = []
  const log = {
    debug() {},
    info() {},
    warn: (facts: object) => void troubles.push(facts),
    error: (facts: object) => void troubles.push(facts),
  }
  const services: Service[] = []
  const open = async (more: OutboxOptions = {}): Promise<Service> => {
    const asked = { retrySchedule: shortSchedule, ...options, ...more }
    const { servers: _, config, through: __, retrySchedule, ...rest } = asked
    const schedule = retrySchedule ? { retrySchedule } : {}
    const service = await openService({ clock, log, ...schedule, ...rest, config: configOf(near, config) })
    services.push(service)
    return service
  }
  for (let server = 0; server < (options.servers ?? 1); server++) await open()
  const first = services[0] as Service
  const operator = new TestPartner(first.url, first.initialKey as string, 0)
  return {
    clock,
    services,
    url,
    troubles,
    operator,
    open,
    async partner(given = {}, server = 0) {
      const { partner, apiKey } = await operator.call('createPartner', { name: 'a partner', ...given })
      return new TestPartner((services[server] as Service).url, apiKey, partner as number)
    },
    sql: (text, values) =>
      withClient(url, async (client) => (await client.query(text, values)).rows as never),
    async [Symbol.asyncDispose]() {
      await Promise.all(services.map((service) => service.close()))
      await withClient(serverUrl, (client) =>
        client.query(`drop database if exists ${database} with (force)`),
      )
    },
  }
}

/** One webhook as it arrived. */
export interface Arrival {
  readonly headers: Record<string, string>
  readonly body: string
  readonly event: { seq: number; id: string; type: string; object: { id: string; version: number } }
  readonly at: number
}

export type Behaviour = (arrival: Arrival, response: ServerResponse, count: number) => void

export const good: Behaviour = (_arrival, response) => void response.writeHead(204).end()

/** A receiver on this machine. */
export class Receiver implements AsyncDisposable {
  readonly arrivals: Arrival[] = []
  readonly #server: Server
  behaviour: Behaviour

  private constructor(behaviour: Behaviour) {
    this.behaviour = behaviour
    this.#server = createServer((request, response) => void this.#take(request, response))
  }

  static async open(behaviour: Behaviour = good, port = 0): Promise<Receiver> {
    const receiver = new Receiver(behaviour)
    await new Promise<void>((resolve) => receiver.#server.listen(port, '127.0.0.1', resolve))
    return receiver
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`
  }

  get seqs(): number[] {
    return this.arrivals.map(({ event }) => event.seq)
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = ''
    for await (const chunk of request) body += chunk
    const event = JSON.parse(body).data as Arrival['event']
    const arrival = { headers: request.headers as Record<string, string>, body, event, at: performance.now() }
    this.arrivals.push(arrival)
    this.behaviour(arrival, response, this.arrivals.length)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }
}

/** Waits until something holds; rejects with what it last was when it does not in time. */
export async function until<Value>(
  look: () => Value | Promise<Value>,
  holds: (value: Value) => boolean,
  milliseconds = 8_000,
): Promise<Value> {
  const deadline = performance.now() + milliseconds
  for (;;) {
    const value = await look()
    if (holds(value)) return value
    if (performance.now() > deadline)
      throw new Error(`It did not come to hold; last seen: ${JSON.stringify(value)?.slice(0, 1_000)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}

/** Makes so many customers, and with each an event. */
export async function makeEvents(partner: TestPartner, count: number, prefix = 'C'): Promise<void> {
  for (let from = 0; from < count; from += 1_000) {
    const calls = Array.from({ length: Math.min(1_000, count - from) }, (_, index) => ({
      method: 'createCustomer',
      params: { id: `${prefix}${from + index}`, name: 'A customer' },
    }))
    const refused = (await partner.batch(calls)).find(({ error }) => error)
    if (refused) throw new Error(JSON.stringify(refused))
  }
}
