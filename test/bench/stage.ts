/** One service on a database of its own with a driver: where a part of the run is measured. */
import { join } from 'node:path'
import type { CallName } from './calls.ts'
import { type BenchServer, count } from './database.ts'
import { type Driver, type Measured, startDriver } from './driver.ts'
import type { Job } from './load.ts'
import type { Row } from './report.ts'
import { type BenchService, startService } from './service.ts'

/** Calls per array where arrays are measured, and connections for them. */
export const arrayCalls = 100
export const arrayConnections = 16
/** Connections for single calls. */
export const connections = 64
/** Customers that are there before anything is measured. */
export const customers = 1_000

export interface Existing {
  readonly of: string
  readonly existing: number
}

/** The customers that every measured database has. */
export const everyCustomer: Existing = { of: 'customer', existing: customers }

export interface StageOptions {
  readonly profile?: string | undefined
  readonly settings?: NodeJS.ProcessEnv
  /** A database that is there already; a fresh one unless said otherwise. */
  readonly databaseUrl?: string
  /** Where the service's key is from an earlier start on that database. */
  readonly dataDirectory?: string
}

const underWay = new Set<Stage>()
let stages = 0
let rounds = 0

/** A row of the table to which rounds are added. */
export type OpenRow = Row & { rounds: Measured[] }

export function rowOf(name: string, job: Partial<Pick<Job, 'connections' | 'perBody'>> = {}): OpenRow {
  return {
    name,
    by: 'tenure',
    connections: job.connections ?? connections,
    perBody: job.perBody ?? 1,
    rounds: [],
  }
}

/** The row of arrays of the usual length. */
export function arrayRowOf(name: string): OpenRow {
  return rowOf(name, { connections: arrayConnections, perBody: arrayCalls })
}

export class Stage {
  readonly service: BenchService
  readonly driver: Driver
  readonly dataDirectory: string

  private constructor(service: BenchService, driver: Driver, dataDirectory: string) {
    this.service = service
    this.driver = driver
    this.dataDirectory = dataDirectory
  }

  /** Starts a service, on an empty database unless one is given; its connections have seen nothing else. */
  static async open(server: BenchServer, options: StageOptions = {}): Promise<Stage> {
    const databaseUrl = options.databaseUrl ?? (await server.freshDatabase())
    const dataDirectory = options.dataDirectory ?? join(server.folder, `service-${++stages}`)
    const { profile, settings } = options
    const service = await startService({ databaseUrl, dataDirectory, profile, settings })
    const stage = new Stage(service, startDriver(service, server), dataDirectory)
    underWay.add(stage)
    return stage
  }

  /** Creates what later rounds need, as fast as it goes; ids are the name and a number. */
  async fill(call: CallName, name: string, most: number, existing = everyCustomer): Promise<Existing> {
    await this.driver.round({
      call,
      subject: { prefix: name, ...existing },
      connections: 8,
      perBody: arrayCalls,
      most,
    })
    return { of: name, existing: most }
  }

  /** One round of one row, with the check that as many rows were written as calls were answered. */
  async round(
    row: OpenRow,
    call: CallName,
    job: Partial<Job> = {},
    existing = everyCustomer,
  ): Promise<Measured> {
    return measuredRound(this.driver, this.service.databaseUrl, row, call, { ...existing, ...job })
  }

  /** Makes one call; throws when it is refused. */
  async call(method: string, params: object): Promise<Record<string, unknown>> {
    const response = await fetch(`http://127.0.0.1:${this.service.port}/rpc`, {
      method: 'POST',
      headers: { 'x-api-key': this.service.key, 'content-type': 'application/json' },
      body: JSON.stringify({ method, params }),
    })
    const answer = (await response.json()) as Record<string, unknown>
    if (!response.ok) throw new Error(`${method} answered ${response.status}: ${JSON.stringify(answer)}`)
    return answer
  }

  async close(): Promise<void> {
    underWay.delete(this)
    await this.driver.close()
    await this.service.close()
  }
}

/** Ends the rounds that are under way, which then reject. */
export function interruptStages(): void {
  for (const { driver } of underWay) driver.interrupt()
}

const tables: Partial<Record<CallName, string>> = {
  createCustomer: 'customer',
  createFirstOrder: 'orders',
  createRenewableOrder: 'orders',
  createRenewalOrder: 'orders',
  createLicense: 'license',
}

/** A round on any service, with the check that as many rows were written as calls were answered well. */
export async function measuredRound(
  driver: Driver,
  databaseUrl: string,
  row: OpenRow,
  call: CallName,
  job: Partial<Job> & Existing,
): Promise<Measured> {
  const { of, existing, ...rest } = job
  const subject = { prefix: `round${++rounds}-`, of, existing }
  const table = tables[call]
  const written = () => (table ? count(databaseUrl, `select count(*) from ${table}`) : Promise.resolve(0))
  const before = await written()
  const { connections: busy, perBody } = row
  const measured = await driver.round({ call, subject, connections: busy, perBody, ...rest })
  const added = (await written()) - before
  const promised = table ? measured.ok : 0
  if (added !== promised) throw new Error(`${call} answered ${promised} calls well and wrote ${added} rows.`)
  row.rounds.push(measured)
  return measured
}
