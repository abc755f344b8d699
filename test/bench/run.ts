/** The parts of a run, one after the other: each drives its load, checks the rows that it left and notes what it found. */
import type { CallName } from './calls.ts'
import type { BenchServer } from './database.ts'
import { measureEventsOut, measureFeedLag } from './events.ts'
import { measureGrowth } from './growth.ts'
import { measureImport } from './import.ts'
import type { Job } from './load.ts'
import { measureOffered } from './offered.ts'
import type { Options, Part } from './options.ts'
import { measureReconcile } from './reconcile.ts'
import type { Report } from './report.ts'
import { measureShops } from './shops.ts'
import {
  arrayRowOf,
  customers,
  type Existing,
  everyCustomer,
  interruptStages,
  type OpenRow,
  rowOf,
  Stage,
} from './stage.ts'
import { measureTurns } from './turns.ts'

/** Chains that are there to be renewed; a round that has renewed them all ends early. */
const chains = 50_000
const buyers = 10_000

export class Run {
  readonly #options: Options
  readonly #server: BenchServer
  readonly #report: Report
  readonly #tell: (line: string) => void
  #interrupted = false

  constructor(options: Options, server: BenchServer, report: Report, tell: (line: string) => void) {
    this.#options = options
    this.#server = server
    this.#report = report
    this.#tell = tell
  }

  async all(): Promise<void> {
    const { only, rounds, seconds, growth, importRows } = this.#options
    const has = (...parts: Part[]) => parts.some((part) => only.has(part)) && !this.#interrupted
    const tell = this.#tell
    const server = this.#server
    const report = this.#report
    if (has('singles', 'arrays', 'ceiling', 'peers'))
      await this.#onStage((stage) => measureTurns(stage, server, this.#options, report, tell))
    if (has('one', 'customers', 'renewals'))
      await this.#onStage(async (stage) => {
        if (has('one')) await this.#part(stage, 'createFirstOrder', { connections: 1 })
        if (has('customers')) await this.#part(stage, 'createCustomer')
        if (has('renewals')) await this.#renewals(stage)
      })
    if (has('reads', 'ping')) await this.#onStage((stage) => this.#reads(stage))
    if (has('licenses')) await this.#onStage((stage) => this.#licenses(stage))
    if (has('offered')) report.offered = await measureOffered(server, seconds, tell)
    if (has('webhooks')) report.events = await measureEventsOut(server, rounds, seconds, tell)
    if (has('feed')) report.feed = await measureFeedLag(server)
    if (has('shops')) report.shops = await measureShops(server, tell)
    if (has('growth')) report.growth = await measureGrowth(server, growth, seconds, tell)
    if (has('endurance')) await this.#onStage((stage) => this.#endurance(stage))
    if (has('import')) report.imported = await measureImport(server, importRows)
    if (has('reconcile')) report.reconciled = await measureReconcile(server, importRows)
  }

  interrupt(): void {
    this.#interrupted = true
    interruptStages()
  }

  /** A service that starts on an empty database and has been given its customers. */
  async #onStage(act: (stage: Stage) => Promise<void>): Promise<void> {
    const stage = await Stage.open(this.#server, { profile: this.#options.profile })
    try {
      await stage.fill('createCustomer', 'customer', customers)
      await act(stage)
    } finally {
      await stage.close()
    }
  }

  async #renewals(stage: Stage): Promise<void> {
    const renewable = await stage.fill('createRenewableOrder', 'renewable', chains)
    await this.#part(stage, 'createRenewalOrder', { most: chains }, renewable)
  }

  /** The reads take turns with calls that are refused before a database is asked, for the share that is the wire's. */
  async #reads(stage: Stage): Promise<void> {
    const { only, rounds } = this.#options
    const parts: [OpenRow, CallName, Existing][] = [[rowOf('refusedParams'), 'refusedParams', everyCustomer]]
    if (only.has('reads')) {
      const buyer = await stage.fill('createCustomer', 'buyer', buyers)
      const bought = await stage.fill('createFirstOrder', 'bought', buyers * 2, buyer)
      parts.push([rowOf('getOrder'), 'getOrder', bought])
      for (const call of ['getCustomer', 'listOrders', 'checkEntitlement'] as const)
        parts.push([rowOf(call), call, buyer])
    }
    for (let round = 0; round < rounds; round++)
      for (const [row, call, existing] of parts) await this.#round(stage, row, call, {}, existing)
  }

  async #licenses(stage: Stage): Promise<void> {
    const rows = [arrayRowOf('createLicense'), { ...arrayRowOf('createFirstOrder'), beside: 'createLicense' }]
    for (let round = 0; round < this.#options.rounds; round++)
      for (const row of rows) await this.#round(stage, row, row.name as CallName)
  }

  async #endurance(stage: Stage): Promise<void> {
    const { minutes } = this.#options
    const seconds = minutes === undefined ? 40 : minutes * 60
    const windowSeconds = Math.max(1, Math.min(60, Math.floor(seconds / 2)))
    const row = rowOf('endurance')
    this.#report.rows.push(row)
    const { perSecond } = await stage.round(row, 'createFirstOrder', { seconds })
    const rate = (window: number[]) => window.reduce((sum, calls) => sum + calls, 0) / windowSeconds
    const whole = perSecond.slice(0, Math.floor(seconds))
    const [first, last] = [rate(whole.slice(0, windowSeconds)), rate(whole.slice(-windowSeconds))]
    this.#report.endurance = { windowSeconds, first, last, perSecond: whole }
  }

  async #part(stage: Stage, call: CallName, job: Partial<Job> = {}, existing?: Existing): Promise<void> {
    await this.#round(stage, rowOf(call, job), call, job, existing)
  }

  async #round(stage: Stage, row: OpenRow, call: CallName, job: Partial<Job> = {}, existing?: Existing) {
    const { seconds } = this.#options
    if (!this.#report.rows.includes(row)) this.#report.rows.push(row)
    const { rate } = await stage.round(row, call, { seconds, ...job }, existing)
    this.#tell(`${row.name}${row.perBody > 1 ? ' in arrays' : ''} ${Math.round(rate)} calls/s`)
  }
}
