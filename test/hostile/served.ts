/**
 * The service on a thread of its own, as a worker of `openServed`: what the attacker's thread costs is not on its
 * clock. It notes how long each call took from dispatch to answer, and everything that it did not expect.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { openService } from '../../src/service.ts'
import type { Log } from '../../src/tenure.ts'
import { instant, Turns } from './turns.ts'

/** What the worker is told at its start. */
export interface ServedOptions {
  readonly databaseUrl: string
  readonly dataDirectory: string
  readonly databaseConnections: number
}

/** A call that took long, and what the service was doing meanwhile. */
export interface SlowCall {
  readonly requestId: string
  readonly method: string
  /** When it was dispatched and answered, as `instant` counts. */
  readonly began: number
  readonly ended: number
  /** Milliseconds that the service's thread computed meanwhile, for whomever. */
  readonly computed: number
  /** The longest that the thread was at one piece of work meanwhile, or was kept from working by the machine. */
  readonly longestTurn: number
  /** Other calls that were under way when it came. */
  readonly others: number
}

/** What the service noted since it was last asked. */
export interface Noted {
  readonly calls: number
  /** Milliseconds of the slowest call of each method. */
  readonly slowest: Readonly<Record<string, number>>
  readonly slow: readonly SlowCall[]
  /** What it wrote to its log as a warning or an error. */
  readonly troubles: readonly string[]
  /** The longest that the thread was held up by one piece of work, or by the machine. Milliseconds. */
  readonly longestTurn: number
}

/** A call, as the log tells of it: a request of its own, or a member of an array. */
interface Call {
  readonly requestId: string
  readonly method: string
  readonly began: number
  readonly ended: number
}

/** Milliseconds from which on a call is told of by itself. */
const slowFrom = 1_000

const port = parentPort
if (!port) throw new Error('This is a worker of openServed.')
const { databaseUrl, dataDirectory, databaseConnections } = workerData as ServedOptions
const turns = new Turns()
let calls: Call[] = []
let troubles: string[] = []

const trouble = (facts: object, message: string): void => {
  const { err, ...more } = facts as { err?: unknown }
  if (troubles.length < 20)
    troubles.push(`${message}: ${err instanceof Error ? err.stack : JSON.stringify({ err, ...more })}`)
}
/** What is told of whole arrays, and of other doors, names no method. */
const call = (facts: object): void => {
  const { requestId, method, milliseconds } = facts as {
    requestId: string
    method?: string
    milliseconds?: number
  }
  if (method === undefined || milliseconds === undefined) return
  const ended = instant()
  calls.push({ requestId, method, began: ended - milliseconds, ended })
}
const log: Log = { info: call, debug: call, warn: trouble, error: trouble }

function noted(): Noted {
  const slowest: Record<string, number> = {}
  for (const { method, began, ended } of calls)
    slowest[method] = Math.max(slowest[method] ?? 0, ended - began)
  const slow = calls
    .filter(({ began, ended }) => ended - began > slowFrom)
    .map((one): SlowCall => {
      const others = calls.filter(
        ({ began, ended, requestId }) =>
          began < one.began && ended > one.began && requestId !== one.requestId,
      ).length
      return { ...one, ...turns.between(one.began, one.ended), others }
    })
  return { calls: calls.length, slowest, slow, troubles, longestTurn: turns.longest() }
}

const service = await openService({
  clock: { now: () => Math.floor(Date.now() / 1_000), milliseconds: () => Date.now() },
  log,
  // Nobody out there is ever looked for, and what could not be delivered is settled at once.
  lookUp: () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' })),
  retrySchedule: [0],
  config: {
    port: 0,
    host: '127.0.0.1',
    databaseUrl,
    dataDirectory,
    logLevel: 'silent',
    publicUrl: 'http://tenure.test',
    rateLimit: 0,
    databaseConnections,
  },
})

port.on('message', (asked: 'noted' | 'close') => {
  if (asked === 'noted') {
    port.postMessage(noted())
    calls = []
    troubles = []
    turns.forget()
  } else void service.close().then(() => port.close())
})
port.postMessage({ url: service.url, initialKey: service.initialKey })
