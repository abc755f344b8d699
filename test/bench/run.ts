/** The parts of a run, one after the other: each drives its load, checks the rows that it left and notes a row. */

import { join } from 'node:path'
import { withClient } from '../database.ts'
import type { CallName } from './calls.ts'
import { type Ceiling, ceilingClients, openCeiling, type Sample } from './ceiling.ts'
import { type BenchServer, count } from './database.ts'
import { type Driver, type Measured, startDriver } from './driver.ts'
import { measureImport } from './import.ts'
import type { Job } from './load.ts'
import type { Options, Part } from './options.ts'
import { measureReconcile } from './reconcile.ts'
import type { Report, Row } from './report.ts'
import { type BenchService, startService } from './service.ts'

const connections = 64
const arrayCalls = 100
const arrayConnections = 16
const customers = 1_000
/** Chains that are there to be renewed and read; a round that has renewed them all ends early. */
const chains = 200_000

type Tell = (line: string) => void

export class Run {
  readonly #options: Options
  readonly #server: BenchServer
  readonly #report: Report
  readonly #tell: Tell
  #service!: BenchService
  #driver!: Driver
  #rounds = 0
  #services = 0

  constructor(options: Options, server: BenchServer, report: Report, tell: Tell) {
    this.#options = options
    this.#server = server
    this.#report = report
    this.#tell = tell
  }

  async all(): Promise<void> {
    const { only } = this.#options
    const has = (...parts: Part[]) => parts.some((part) => only.has(part))
    if (has('singles', 'arrays', 'ceiling', 'one', 'customers', 'renewals', 'reads', 'ping'))
      await this.#onFreshService(async () => {
        await this.#fill('createCustomer', 'customer', customers)
        if (has('singles', 'arrays', 'ceiling')) await this.#turns()
        if (has('one')) await this.#part('createFirstOrder', { connections: 1 })
        if (has('customers')) await this.#part('createCustomer')
        if (has('renewals')) await this.#renewals()
        if (has('reads')) await this.#reads()
        if (has('ping')) await this.#part('refusedParams')
      })
    if (has('endurance')) await this.#onFreshService(() => this.#endurance())
    const { importRows } = this.#options
    if (has('import')) this.#report.imported = await measureImport(this.#server, importRows)
    if (has('reconcile')) this.#report.reconciled = await measureReconcile(this.#server, importRows)
  }

  interrupt(): void {
    this.#driver?.interrupt()
  }

  /** A service that starts on an empty database, with connections that have seen nothing else. */
  async #onFreshService(act: () => Promise<void>): Promise<void> {
    const databaseUrl = await this.#server.freshDatabase()
    const dataDirectory = join(this.#server.folder, `service-${++this.#services}`)
    const { profile } = this.#options
    this.#service = await startService({ databaseUrl, dataDirectory, profile })
    this.#driver = startDriver(this.#service, this.#server)
    try {
      await act()
    } finally {
      await this.#driver.close()
      await this.#service.close()
    }
  }

  /** Creates what later rounds need, as fast as it goes. Answers the prefix of the ids. */
  async #fill(
    call: CallName,
    name: string,
    most: number,
    of = 'customer',
    existing = customers,
  ): Promise<string> {
    const subject = { prefix: name, of, existing }
    await this.#driver.round({ call, subject, connections: 8, perBody: arrayCalls, most })
    return name
  }

  /** The service and the ceiling take turns, so that what else the machine does is shared fairly. */
  async #turns(): Promise<void> {
    const { only, rounds, seconds } = this.#options
    const singles = this.#row('createFirstOrder', { connections })
    const arrays = this.#row('createFirstOrder', { connections: arrayConnections, perBody: arrayCalls })
    let ceiling: Ceiling | undefined
    for (let round = 0; round < rounds; round++) {
      if (only.has('singles')) {
        await this.#round(singles, 'createFirstOrder')
        this.#report.memory = this.#service.memory()
      }
      if (only.has('ceiling')) {
        ceiling ??= await this.#openCeiling()
        this.#report.ceilingRounds.free.push(await ceiling.round('free', seconds))
        this.#tell(`ceiling ${Math.round(this.#report.ceilingRounds.free.at(-1)?.rate ?? 0)} calls/s`)
      }
      if (only.has('arrays')) await this.#round(arrays, 'createFirstOrder')
    }
    if (ceiling) this.#report.ceilingRounds.locked.push(await ceiling.round('locked', seconds))
  }

  async #openCeiling(): Promise<Ceiling> {
    const ceiling = await openCeiling(this.#server, await this.#sample())
    const { tool, isSubstitute } = ceiling
    this.#report.ceiling = { tool, isSubstitute, clients: ceilingClients }
    return ceiling
  }

  /** The texts that the service keeps of an order; one is made if there is none yet. */
  async #sample(): Promise<Sample> {
    if ((await this.#orders()) === 0) await this.#fill('createFirstOrder', 'sample', arrayCalls)
    return withClient(this.#service.databaseUrl, async (client) => {
      const { rows } = await client.query<Sample>(`select o.request, o.reply, e.data::text as data
        from orders o join event e on e.partner_id = o.partner_id and e.object_id = o.remote_id limit 1`)
      return rows[0] as Sample
    })
  }

  async #renewals(): Promise<void> {
    const of = await this.#fill('createRenewableOrder', 'renewable', chains / 4)
    await this.#part('createRenewalOrder', { most: chains / 4 }, { of, existing: chains / 4 })
  }

  async #reads(): Promise<void> {
    const buyers = 10_000
    await this.#fill('createCustomer', 'buyer', buyers)
    await this.#fill('createFirstOrder', 'bought', buyers * 2, 'buyer', buyers)
    await this.#part('getOrder', {}, { of: 'bought', existing: buyers * 2 })
    await this.#part('checkEntitlement', {}, { of: 'buyer', existing: buyers })
  }

  async #endurance(): Promise<void> {
    const { minutes } = this.#options
    const seconds = minutes === undefined ? 40 : minutes * 60
    const windowSeconds = Math.max(1, Math.min(60, Math.floor(seconds / 2)))
    await this.#fill('createCustomer', 'customer', customers)
    const row: Row & { rounds: Measured[] } = { name: 'endurance', connections, perBody: 1, rounds: [] }
    const { perSecond } = await this.#round(row, 'createFirstOrder', { seconds })
    const rate = (window: number[]) => window.reduce((sum, calls) => sum + calls, 0) / windowSeconds
    const whole = perSecond.slice(0, Math.floor(seconds))
    this.#report.rows.push(row)
    this.#report.endurance = {
      windowSeconds,
      first: rate(whole.slice(0, windowSeconds)),
      last: rate(whole.slice(-windowSeconds)),
      perSecond: whole,
    }
  }

  #row(
    name: string,
    { connections: busy = connections, perBody = 1 }: Partial<Job>,
  ): Row & { rounds: Measured[] } {
    return { name, connections: busy, perBody, rounds: [] }
  }

  async #part(call: CallName, job: Partial<Job> = {}, of?: { of: string; existing: number }): Promise<void> {
    await this.#round(this.#row(call, job), call, job, of)
  }

  /** One round of one row, with the check that as many rows were written as calls were answered. */
  async #round(
    row: Row & { rounds: Measured[] },
    call: CallName,
    job: Partial<Job> = {},
    of: { of: string; existing: number } = { of: 'customer', existing: customers },
  ): Promise<Measured> {
    const { seconds } = this.#options
    const subject = { prefix: `round${++this.#rounds}-`, ...of }
    const before = await this.#written(call)
    const { connections: busy, perBody } = row
    const measured = await this.#driver.round({ call, subject, connections: busy, perBody, seconds, ...job })
    const written = (await this.#written(call)) - before
    const promised = call.startsWith('create') ? measured.ok : 0
    if (written !== promised)
      throw new Error(`${call} answered ${promised} calls well and wrote ${written} rows.`)
    row.rounds.push(measured)
    if (!this.#report.rows.includes(row) && row.name !== 'endurance') this.#report.rows.push(row)
    this.#tell(`${row.name}${perBody > 1 ? ' in arrays' : ''} ${Math.round(measured.rate)} calls/s`)
    return measured
  }

  #orders(): Promise<number> {
    return count(this.#service.databaseUrl, 'select count(*) from orders')
  }

  #written(call: CallName): Promise<number> {
    const { databaseUrl } = this.#service
    return call === 'createCustomer' ? count(databaseUrl, 'select count(*) from customer') : this.#orders()
  }
}
