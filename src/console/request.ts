/** A request and its answer, as the HTTP server and the console hand them to one another. */
import type { IncomingHttpHeaders } from 'node:http'
import type { WireError } from '../faults.ts'
import type { Caller } from '../rpc/method.ts'

/** A request as the HTTP server hands it in. */
export interface PageRequest {
  readonly verb: 'GET' | 'POST'
  /** Path and query as they were sent. */
  readonly url: URL
  /** A part of the path that the route names. */
  readonly part: (name: string) => string
  readonly headers: IncomingHttpHeaders
  /** Where it comes from, for slowing those who guess. */
  readonly address: string
  readonly requestId: string
  /** Reads the whole body, of at most so many bytes. */
  readonly read: (most: number) => Promise<Buffer>
}

export interface PageAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Who is signed in, for the log. */
  readonly caller?: Caller
}

/** A refusal that nobody on the page made something of; it becomes a page of its own. */
export class Refusal extends Error {
  readonly error: WireError
  readonly status: number

  constructor(error: WireError, status: number) {
    super(error.message)
    this.error = error
    this.status = status
  }
}
