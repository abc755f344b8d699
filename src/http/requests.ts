/**
 * What is told of each request once it is answered: a line in the log, figures for Prometheus, and a span where traces
 * are wanted. A request with one call gives a line that tells of the call; an array gives one line for all its calls,
 * and a line each only at `debug`.
 */
import type { IncomingMessage } from 'node:http'
import type { Caller } from '../rpc/method.ts'
import type { Metrics } from './metrics.ts'
import type { RequestSpan, Traces } from './traces.ts'

/** The part of the log that is needed here; pino has this shape. */
interface Log {
  info(facts: object, message: string): void
  debug(facts: object, message: string): void
}

export interface RequestsOptions {
  readonly metrics: Metrics
  readonly log: Log
  readonly traces?: Traces | undefined
}

/** How a request ended. */
export interface Ending {
  /** HTTP status; null where the caller had gone before there was an answer. */
  readonly status: number | null
  readonly caller?: Caller | undefined
  /** Why the request was refused as a whole, if it was. */
  readonly refusal?: string
  /** Where a request is no call: which door it came to. */
  readonly door?: string
}

export class Requests {
  readonly #options: RequestsOptions

  constructor(options: RequestsOptions) {
    this.#options = options
  }

  /** A request has come in; what is answered here is told of its calls and of its end. */
  begin(incoming: IncomingMessage, requestId: string): RequestRecord {
    const span = this.#options.traces?.request(incoming.headers, requestId)
    return new RequestRecord(this.#options, requestId, span)
  }
}

export class RequestRecord {
  readonly span: RequestSpan | undefined
  readonly #options: RequestsOptions
  readonly #requestId: string
  readonly #began = performance.now()
  #calls = 0
  #first: { method: string; reason: string } | undefined
  #methods: Map<string, number> | undefined
  #reasons: Map<string, number> | undefined

  constructor(options: RequestsOptions, requestId: string, span: RequestSpan | undefined) {
    this.#options = options
    this.#requestId = requestId
    this.span = span
  }

  /** One call of the request was answered; `reason` is that of a refusal. */
  call(method: string, reason: string | null, milliseconds: number, isArray: boolean): void {
    const outcome = reason ?? 'ok'
    this.#calls += 1
    if (!isArray) {
      this.#first = { method, reason: outcome }
      return
    }
    this.#methods = count(this.#methods, method)
    this.#reasons = count(this.#reasons, outcome)
    const facts = { requestId: this.#requestId, method, reason: outcome, milliseconds: rounded(milliseconds) }
    this.#options.log.debug(facts, 'call')
  }

  ended({ status, caller, refusal, door }: Ending): void {
    const milliseconds = rounded(performance.now() - this.#began)
    if (status !== null) this.#options.metrics.request(status)
    const { method, reason } = this.#first ?? {}
    const facts = {
      requestId: this.#requestId,
      partner: caller?.partnerId,
      key: caller?.keyId,
      door,
      method,
      reason: refusal ?? reason,
      ...this.#tally(),
      status,
      milliseconds,
    }
    this.#options.log.info(facts, status === null ? 'caller gone' : 'request')
    this.span?.end({ ...facts, calls: this.#calls })
  }

  #tally(): object | undefined {
    if (!this.#methods || !this.#reasons) return undefined
    const methods = Object.fromEntries(this.#methods)
    return { calls: this.#calls, methods, reasons: Object.fromEntries(this.#reasons) }
  }
}

function count(tally: Map<string, number> | undefined, name: string): Map<string, number> {
  const counted = tally ?? new Map<string, number>()
  return counted.set(name, (counted.get(name) ?? 0) + 1)
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 100) / 100
}
