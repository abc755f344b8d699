/**
 * The driver: a process of its own that sends requests over a number of connections, one at a time on each, either as
 * fast as they are answered or at a fixed rate. What it costs itself is measured, too, and kept small.
 */
import { type CallName, callOf, type Subject, type Wire } from './calls.ts'
import { Connection } from './connection.ts'
import { Latencies } from './latencies.ts'
import { PreparedRequest } from './request.ts'

export interface Job {
  readonly port: number
  readonly key: string
  readonly call: CallName
  readonly subject: Subject
  readonly connections: number
  /** 1 sends single calls, more sends arrays of them. */
  readonly perBody: number
  readonly wire: Wire
  readonly seconds: number
  /** Ends the round early once so many calls were sent. */
  readonly most: number
  /**
   * Requests per second, each due at its own instant whether or not earlier ones were answered; latencies then count
   * from that instant, so that waiting for a free connection counts. Undefined: the next follows the answer.
   */
  readonly pace?: number | undefined
}

export interface Load {
  readonly sent: number
  /** Calls that were answered as they should be. */
  readonly ok: number
  /** The first answers that were not as they should be, for the report. */
  readonly unexpected: string[]
  readonly failed: number
  readonly seconds: number
  /** Milliseconds per request. */
  readonly p50: number
  readonly p99: number
  /** Calls answered in each whole second of the round. */
  readonly perSecond: number[]
  /** Seconds of CPU time that the driver itself took. */
  readonly cpu: number
}

class Round {
  readonly #job: Job
  readonly #requests = new Map<Connection, PreparedRequest>()
  readonly #sentAt = new Map<Connection, number>()
  readonly #idle: Connection[] = []
  readonly #latencies = new Latencies()
  readonly #expected: { status: number; answer: Buffer }
  readonly #end: () => void
  readonly #perSecond: number[] = []
  readonly #unexpected: string[] = []
  #began = 0
  #sent = 0
  #answered = 0
  #ok = 0
  #over = false

  constructor(job: Job, end: () => void) {
    this.#job = job
    this.#end = end
    const { answer, status = 200 } = callOf(job.call)
    const isRpcArray = job.perBody > 1 && job.wire !== 'route'
    const expected = isRpcArray ? '"result":{' : answer
    this.#expected = {
      status: job.perBody > 1 || job.wire === 'strict' ? 200 : status,
      answer: Buffer.from(expected),
    }
  }

  begin(connections: readonly Connection[]): void {
    for (const connection of connections) this.#requests.set(connection, new PreparedRequest(this.#job))
    this.#began = performance.now()
    if (this.#job.pace === undefined) {
      for (const connection of connections)
        if (this.#sent < this.#job.most) this.#send(connection, this.#began)
      return
    }
    this.#idle.push(...connections)
    this.#tick()
  }

  /** Sends what has become due to the connections that are free, and looks again in a millisecond. */
  #tick = (): void => {
    const now = performance.now()
    this.#sendDue(now)
    this.#finishIfDone(now)
    if (!this.#over) setTimeout(this.#tick, 1)
  }

  #sendDue(now: number): void {
    const { perBody, seconds, most, pace } = this.#job
    const until = Math.min(now - this.#began, seconds * 1_000)
    const due = Math.min(most, (Math.floor((until * (pace as number)) / 1_000) + 1) * perBody)
    while (this.#sent < due && this.#idle.length > 0) {
      const dueAt = this.#began + (this.#sent / perBody / (pace as number)) * 1_000
      this.#send(this.#idle.pop() as Connection, dueAt)
    }
  }

  #send(connection: Connection, since: number): void {
    const request = (this.#requests.get(connection) as PreparedRequest).numbered(this.#sent)
    this.#sent += this.#job.perBody
    this.#sentAt.set(connection, since)
    connection.send(request)
  }

  take = (connection: Connection, status: number, bytes: Buffer, start: number, end: number): void => {
    const now = performance.now()
    const { perBody, most, seconds, pace } = this.#job
    const { status: wanted, answer } = this.#expected
    const right = status === wanted ? occurrences(bytes, answer, start, end, perBody) : 0
    this.#ok += right
    this.#answered += perBody
    if (right < perBody && this.#unexpected.length < 3)
      this.#unexpected.push(`${status} ${bytes.toString('latin1', start, Math.min(end, start + 400))}`)
    const second = Math.floor((now - this.#began) / 1_000)
    this.#perSecond[second] = (this.#perSecond[second] ?? 0) + right
    this.#latencies.add(now - (this.#sentAt.get(connection) as number))
    if (pace !== undefined) {
      this.#idle.push(connection)
      this.#sendDue(now)
    } else if (this.#sent < most && now - this.#began < seconds * 1_000) this.#send(connection, now)
    this.#finishIfDone(now)
  }

  /** Once the time is up, nothing under way means that all that was due has been sent and answered. */
  #finishIfDone(now: number): void {
    if (this.#over || this.#answered < this.#sent) return
    if (this.#sent < this.#job.most && now - this.#began < this.#job.seconds * 1_000) return
    this.#over = true
    this.#end()
  }

  load(cpu: number): Load {
    return {
      sent: this.#sent,
      ok: this.#ok,
      failed: this.#sent - this.#ok,
      unexpected: this.#unexpected,
      seconds: (performance.now() - this.#began) / 1_000,
      p50: this.#latencies.percentile(0.5),
      p99: this.#latencies.percentile(0.99),
      perSecond: Array.from(this.#perSecond, (calls) => calls ?? 0),
      cpu,
    }
  }
}

/** How often the part stands there, counted up to `most`. */
function occurrences(bytes: Buffer, part: Buffer, start: number, end: number, most: number): number {
  let found = 0
  for (let at = start; found < most; at += part.length) {
    at = bytes.indexOf(part, at)
    if (at === -1 || at >= end) break
    found += 1
  }
  return found
}

async function drive(job: Job): Promise<Load> {
  const before = process.cpuUsage()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const round = new Round(job, resolve)
  const opened = Array.from({ length: job.connections }, () => Connection.open(job.port, round.take, reject))
  const connections = await Promise.all(opened)
  try {
    round.begin(connections)
    await promise
    const { user, system } = process.cpuUsage(before)
    return round.load((user + system) / 1e6)
  } finally {
    for (const connection of connections) connection.close()
  }
}

process.on('message', (job: Job) => {
  drive(job).then(
    (load) => process.send?.({ load }),
    (error: Error) => process.send?.({ error: error.message }),
  )
})
