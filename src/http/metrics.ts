/** What Prometheus may ask: how many calls of which kind, how long they took, how large groups were. */
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

/** Counters of one service; several services in one process, as in tests, each have their own. */
export class Metrics {
  readonly registry = new Registry()
  readonly #calls = new Counter({
    name: 'tenure_calls_total',
    help: 'Calls answered, by method and by the reason of a refusal (ok where there is none).',
    labelNames: ['method', 'reason'],
    registers: [this.registry],
  })
  readonly #seconds = new Histogram({
    name: 'tenure_call_seconds',
    help: 'Time from dispatch to answer, by method.',
    labelNames: ['method'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: [this.registry],
  })
  readonly #groups = new Histogram({
    name: 'tenure_group_calls',
    help: 'Calls decided together in one transaction.',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers: [this.registry],
  })
  readonly #refusals = new Counter({
    name: 'tenure_requests_refused_total',
    help: 'Requests refused as a whole, by reason.',
    labelNames: ['reason'],
    registers: [this.registry],
  })

  constructor() {
    collectDefaultMetrics({ register: this.registry })
  }

  call(method: string, reason: string | null, milliseconds: number): void {
    this.#calls.inc({ method, reason: reason ?? 'ok' })
    this.#seconds.observe({ method }, milliseconds / 1000)
  }

  group(calls: number): void {
    this.#groups.observe(calls)
  }

  refusal(reason: string): void {
    this.#refusals.inc({ reason })
  }

  text(): Promise<string> {
    return this.registry.metrics()
  }
}
