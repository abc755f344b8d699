/**
 * Opens a whole service for a test: real PostgreSQL, real HTTP, a movable clock, and fresh partners that call it as
 * partners do. Every result is held against the shape that its method promises.
 */
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { inject } from 'vitest'
import type { z } from 'zod'
import type { Config } from '../src/config.ts'
import type { WireError } from '../src/faults.ts'
import { methods } from '../src/methods/index.ts'
import { openService, type Service } from '../src/service.ts'
import type { Clock, Log } from '../src/tenure.ts'
import { databaseUrl, withClient } from './database.ts'

export type MethodName = keyof typeof methods
export type Params<M extends MethodName> = z.input<(typeof methods)[M]['params']>
export type Result<M extends MethodName> = z.output<(typeof methods)[M]['result']>

/** A clock that stands still until a test moves it. Seconds. */
export class MovableClock implements Clock {
  #now: number

  constructor(start: number) {
    this.#now = start
  }

  now(): number {
    return this.#now
  }

  milliseconds(): number {
    return this.#now * 1000
  }

  set(instant: number | string): void {
    this.#now = seconds(instant)
  }

  advance(by: { days?: number; seconds?: number }): void {
    this.#now += (by.days ?? 0) * 86_400 + (by.seconds ?? 0)
  }
}

/** Unix seconds of an instant written as RFC 3339 text or as a UTC date. */
export function seconds(instant: number | string): number {
  return typeof instant === 'number' ? instant : Date.parse(instant) / 1000
}

/** A refusal, as a partner meets it. */
export class Refused extends Error {
  readonly error: WireError
  readonly status: number

  constructor(error: WireError, status: number) {
    super(`${error.data?.reason}: ${error.message} ${JSON.stringify(error.data)}`)
    this.error = error
    this.status = status
  }
}

export interface HttpAnswer {
  status: number
  headers: Headers
  text: string
  json: unknown
}

/** One caller: a key, and the calls it makes on the bare wire. */
export class TestPartner {
  readonly url: string
  readonly key: string
  readonly number: number

  constructor(url: string, key: string, number: number) {
    this.url = url
    this.key = key
    this.number = number
  }

  /** Posts any body to /rpc. */
  async post(body: unknown, headers: Record<string, string> = {}): Promise<HttpAnswer> {
    const response = await fetch(`${this.url}/rpc`, {
      method: 'POST',
      headers: { 'x-api-key': this.key, 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    const text = await response.text()
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: text === '' ? undefined : JSON.parse(text),
    }
  }

  /** Calls a method; throws `Refused` for a refusal. The result is held against the method's shape. */
  async call<M extends MethodName>(
    method: M,
    params: Params<M>,
    headers?: Record<string, string>,
  ): Promise<Result<M>> {
    const { status, json } = await this.post({ method, params }, headers)
    if (status !== 200) throw new Refused((json as { error: WireError }).error, status)
    return methods[method].result.parse(json) as Result<M>
  }

  /** Calls a method that is to be refused; answers the error object. */
  async refusal<M extends MethodName>(
    method: M,
    params: Params<M> | Record<string, unknown>,
  ): Promise<WireError> {
    try {
      const result = await this.call(method, params as Params<M>)
      throw new Error(`${method} was to be refused and answered ${JSON.stringify(result)}`)
    } catch (error) {
      if (error instanceof Refused) return error.error
      throw error
    }
  }

  /** Sends an array of strict calls; answers the replies in order. */
  async batch(
    calls: { method: string; params?: unknown }[],
  ): Promise<{ result?: never; error?: WireError }[]> {
    const body = calls.map((call, id) => ({ jsonrpc: '2.0', id, ...call }))
    return (await this.post(body)).json as { result?: never; error?: WireError }[]
  }

  /** The whole feed from the beginning. */
  async events(): Promise<Result<'listEvents'>['events']> {
    const all: Result<'listEvents'>['events'] = []
    for (let after = 0; ; ) {
      const { events, next } = await this.call('listEvents', { after, limit: 500 })
      all.push(...events)
      if (events.length === 0) return all
      after = next
    }
  }
}

export interface House {
  readonly clock: MovableClock
  readonly services: Service[]
  /** Partner 0 with the first key, which has every scope. */
  readonly operator: TestPartner
  readonly databaseUrl: string
  /** A fresh partner; a sandbox with `sandbox: true`. `server` picks one of several servers. */
  partner(options?: Partial<Params<'createPartner'>>, server?: number): Promise<TestPartner>
  /** A caller with one more key of a partner. */
  withScopes(partner: TestPartner, scopes: Params<'createApiKey'>['scopes']): Promise<TestPartner>
  /** Stops one of the servers as a signal would, and starts it again at the same address. */
  restart(server: number): Promise<void>
  /** Looks into the database behind the service's back. */
  sql<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<Row[]>
  close(): Promise<void>
}

export interface HouseOptions {
  now?: number | string
  /** How many servers share the database. */
  servers?: number
  config?: Partial<Config>
  log?: Log
  /** Puts something between the services and the database, such as a proxy; answers the URL to connect to. */
  through?: (databaseUrl: string) => Promise<string>
}

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }

/** Opens one or several services on a fresh database. `await using` closes them. */
export async function openHouse(options: HouseOptions = {}): Promise<House & AsyncDisposable> {
  const clock = new MovableClock(seconds(options.now ?? '2026-03-01T12:00:00Z'))
  const serverUrl = inject('serverUrl')
  const database = `tenure_test_${randomUUID().replaceAll('-', '')}`
  await withClient(serverUrl, (client) =>
    client.query(`create database ${database} template ${inject('template')}`),
  )
  const url = databaseUrl(serverUrl, database)
  const near = (await options.through?.(url)) ?? url
  const open = (config?: Partial<Config>): Promise<Service> =>
    openService({ clock, log: options.log ?? silent, config: configOf(near, database, config) })
  const services: Service[] = []
  for (let server = 0; server < (options.servers ?? 1); server++) services.push(await open(options.config))
  const first = services[0] as Service
  const operator = new TestPartner(first.url, first.initialKey as string, 0)
  const house: House = {
    clock,
    services,
    operator,
    databaseUrl: url,
    async partner(given = {}, server = 0) {
      const { partner, apiKey } = await operator.call('createPartner', { name: 'a partner', ...given })
      return new TestPartner((services[server] as Service).url, apiKey, partner as number)
    },
    async withScopes(partner, scopes) {
      const { key } = await partner.call('createApiKey', { name: scopes.join(' '), scopes })
      return new TestPartner(partner.url, key, partner.number)
    },
    async restart(server) {
      const { url, close } = services[server] as Service
      await close()
      services[server] = await open({ ...options.config, port: Number(new URL(url).port) })
    },
    sql: (text, values) =>
      withClient(url, async (client) => (await client.query(text, values)).rows as never),
    async close() {
      for (const service of services) await service.close()
      await withClient(serverUrl, (client) =>
        client.query(`drop database if exists ${database} with (force)`),
      )
    },
  }
  return Object.assign(house, { [Symbol.asyncDispose]: () => house.close() })
}

function configOf(url: string, database: string, given: Partial<Config> = {}): Config {
  return {
    port: 0,
    host: '127.0.0.1',
    databaseUrl: url,
    dataDirectory: join(tmpdir(), database),
    logLevel: 'silent',
    publicUrl: 'http://tenure.test',
    rateLimit: 0,
    databaseConnections: 5,
    namedStatements: process.env.TEST_NAMED_STATEMENTS !== 'off',
    ...given,
  }
}
