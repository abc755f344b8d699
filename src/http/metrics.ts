/**
 * What Prometheus may ask. What happens is counted as it happens, here; what has to be looked at, such as queues and the
 * backlog in the database, is looked at in `gauges.ts` when somebody asks. No label ever carries an id.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** Bounds in seconds, from one millisecond to what makes callers give up. */
const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** Counters of one service; several services in one process, as in tests, each have their own. */
export class Metrics {
  readonly registry = new Registry()
  readonly #calls = this.#counter(
    'tenure_calls_total',
    'Calls answered, by method and by the reason of a refusal (ok where there is none).',
    ['method', 'reason'],
  )
  readonly #callSeconds = this.#histogram(
    'tenure_call_seconds',
    'Time from dispatch to answer, by method.',
    seconds,
    ['method'],
  )
  readonly #requests = this.#counter('tenure_requests_total', 'Requests answered, by HTTP status.', [
    'status',
  ])
  readonly #refusals = this.#counter(
    'tenure_requests_refused_total',
    'Requests refused as a whole, by reason.',
    ['reason'],
  )
  readonly #groupCalls = this.#histogram(
    'tenure_group_calls',
    'Calls decided together in one transaction.',
    [1, 2, 5, 10, 20, 50, 100, 200, 500],
  )
  readonly #groupSeconds = this.#histogram(
    'tenure_group_seconds',
    'Time from the beginning of a group, getting a connection included, until it was committed or given up.',
    seconds,
  )
  readonly #laneWait = this.#histogram(
    'tenure_lane_wait_seconds',
    'How long the first call of a group had waited behind earlier calls of its partner.',
    seconds,
  )
  readonly #retries = this.#counter(
    'tenure_group_failures_total',
    'Attempts at a group that failed and were repeated, halved or given up, by cause: transient, lost, defect.',
    ['cause'],
  )
  readonly #events = this.#counter('tenure_events_total', 'Events committed by this server, by type.', [
    'type',
  ])
  readonly #webhooks = this.#counter(
    'tenure_webhooks_total',
    'Webhooks sent by this server, by outcome: delivered, pending (to be tried again), failed (given up).',
    ['outcome'],
  )
  readonly #webhookSeconds = this.#histogram(
    'tenure_webhook_seconds',
    'Time until a receiver had answered a webhook, or not.',
    [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15],
  )

  #look: (() => Promise<void>) | undefined

  constructor(version: string) {
    // Under their usual names, because every ready-made dashboard for Node knows them by those.
    collectDefaultMetrics({ register: this.registry })
    new Gauge({
      name: 'tenure_build_info',
      help: 'Always 1; the labels say what is running.',
      labelNames: ['version', 'node'],
      registers: [this.registry],
    }).set({ version, node: process.versions.node }, 1)
  }

  call(method: string, reason: string | null, milliseconds: number): void {
    this.#calls.inc({ method, reason: reason ?? 'ok' })
    this.#callSeconds.observe({ method }, milliseconds / 1000)
  }

  request(status: number): void {
    this.#requests.inc({ status: String(status) })
  }

  refusal(reason: string): void {
    this.#refusals.inc({ reason })
  }

  groupBegun(waitedMilliseconds: number): void {
    this.#laneWait.observe(waitedMilliseconds / 1000)
  }

  groupEnded(milliseconds: number): void {
    this.#groupSeconds.observe(milliseconds / 1000)
  }

  groupCommitted(calls: number): void {
    this.#groupCalls.observe(calls)
  }

  groupFailed(cause: string): void {
    this.#retries.inc({ cause })
  }

  events(type: string, count: number): void {
    this.#events.inc({ type }, count)
  }

  webhook(outcome: string, milliseconds: number): void {
    this.#webhooks.inc({ outcome })
    this.#webhookSeconds.observe(milliseconds / 1000)
  }

  /** Has everything looked at that is not counted as it happens, before each answer. */
  before(look: () => Promise<void>): void {
    this.#look = look
  }

  async text(): Promise<string> {
    await this.#look?.()
    return this.registry.metrics()
  }

  #counter<Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] })
  }

  #histogram<Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: Label[] = [],
  ): Histogram<Label> {
    return new Histogram({ name, help, buckets, labelNames, registers: [this.registry] })
  }
}
