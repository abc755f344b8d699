/**
 * The driver: a process of its own that keeps a number of connections busy, each with one request at a time. It
 * speaks HTTP over raw sockets and looks at no more of an answer than tells whether it is the expected one, so that
 * most of the machine is left to what is measured.
 */
import { connect, type Socket } from 'node:net'
import { bodyOf, type CallName, expectedStatus, type Subject } from './calls.ts'

export interface Job {
  readonly port: number
  readonly key: string
  readonly call: CallName
  readonly subject: Subject
  readonly connections: number
  /** 1 sends single bare calls, more sends arrays of strict ones. */
  readonly perBody: number
  readonly seconds: number
  /** Ends the round early once so many calls were sent. */
  readonly most: number
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

const bucketsPerMillisecond = 50
const strictResult = '"jsonrpc":"2.0","result"'

class Round {
  readonly #job: Job
  readonly #head: string
  readonly #latencies = new Uint32Array(20_000 * bucketsPerMillisecond)
  readonly #began = performance.now()
  readonly perSecond: number[] = []
  readonly unexpected: string[] = []
  sent = 0
  ok = 0
  failed = 0
  #requests = 0

  constructor(job: Job) {
    this.#job = job
    this.#head =
      `POST /rpc HTTP/1.1\r\nhost: 127.0.0.1:${job.port}\r\nx-api-key: ${job.key}\r\n` +
      'content-type: application/json\r\ncontent-length: '
  }

  /** The next request as text; undefined once the round is over. */
  next(): string | undefined {
    const { call, subject, perBody, seconds, most } = this.#job
    if (this.sent >= most || performance.now() - this.#began >= seconds * 1_000) return undefined
    const body = bodyOf(call, subject, this.sent, perBody)
    this.sent += perBody
    // Every body is plain ASCII, so its length in characters is its length in bytes.
    return `${this.#head}${body.length}\r\n\r\n${body}`
  }

  /** Takes in one whole answer. */
  take(status: number, body: string, milliseconds: number): void {
    const { call, perBody } = this.#job
    const ok = perBody === 1 ? Number(status === expectedStatus(call)) : occurrences(body, strictResult)
    this.ok += ok
    this.failed += perBody - ok
    if (ok < perBody && this.unexpected.length < 3) this.unexpected.push(`${status} ${body.slice(0, 400)}`)
    const second = Math.floor((performance.now() - this.#began) / 1_000)
    this.perSecond[second] = (this.perSecond[second] ?? 0) + ok
    const bucket = Math.min(this.#latencies.length - 1, Math.floor(milliseconds * bucketsPerMillisecond))
    this.#latencies[bucket] = (this.#latencies[bucket] as number) + 1
    this.#requests += 1
  }

  percentile(share: number): number {
    const wanted = share * this.#requests
    let seen = 0
    for (let bucket = 0; bucket < this.#latencies.length; bucket++) {
      seen += this.#latencies[bucket] as number
      if (seen >= wanted) return bucket / bucketsPerMillisecond
    }
    return Number.NaN
  }

  get seconds(): number {
    return (performance.now() - this.#began) / 1_000
  }
}

function occurrences(text: string, part: string): number {
  let found = 0
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) found += 1
  return found
}

/** Keeps one connection busy until the round is over. */
function keepBusy(port: number, round: Round): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let pending = ''
    let began = 0
    const send = (): void => {
      const request = round.next()
      if (request === undefined) {
        socket.destroy()
        resolve()
        return
      }
      began = performance.now()
      socket.write(request, 'latin1')
    }
    socket.setEncoding('latin1')
    socket.on('connect', send)
    socket.on('data', (chunk: string) => {
      pending = pending === '' ? chunk : pending + chunk
      const end = pending.indexOf('\r\n\r\n')
      if (end === -1) return
      const length = lengthOf(pending, end)
      if (pending.length < end + 4 + length) return
      round.take(Number(pending.slice(9, 12)), pending.slice(end + 4), performance.now() - began)
      pending = ''
      send()
    })
    socket.on('error', reject)
    socket.on('end', () => reject(new Error('The service closed a connection in the middle of a round.')))
  })
}

function lengthOf(answer: string, headEnd: number): number {
  const head = answer.slice(0, headEnd).toLowerCase()
  const at = head.indexOf('\r\ncontent-length:')
  if (at === -1) throw new Error(`An answer came without its length: ${head}`)
  return Number.parseInt(head.slice(at + 17), 10)
}

async function drive(job: Job): Promise<Load> {
  const before = process.cpuUsage()
  const round = new Round(job)
  await Promise.all(Array.from({ length: job.connections }, () => keepBusy(job.port, round)))
  const seconds = round.seconds
  const { user, system } = process.cpuUsage(before)
  const { sent, ok, failed, unexpected, perSecond } = round
  return {
    sent,
    ok,
    failed,
    unexpected,
    seconds,
    p50: round.percentile(0.5),
    p99: round.percentile(0.99),
    perSecond: Array.from(perSecond, (calls) => calls ?? 0),
    cpu: (user + system) / 1e6,
  }
}

process.on('message', (job: Job) => {
  drive(job).then(
    (load) => process.send?.({ load }),
    (error: Error) => process.send?.({ error: error.message }),
  )
})
