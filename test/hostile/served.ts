/**
 * The service on a thread of its own, as a worker of `openServed`: what the attacker's thread costs is not on its
 * clock. It notes how long each call took from dispatch to answer, and everything that it did not expect.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { openService } from '../../src/service.ts'
import type { Log } from '../../src/tenure.ts'

/** What the worker is told at its start. */
export interface ServedOptions {
  readonly databaseUrl: string
  readonly dataDirectory: string
  readonly databaseConnections: number
}

/** What the service noted since it was last asked. */
export interface Noted {
  readonly calls: number
  /** Milliseconds of the slowest call of each method. */
  readonly slowest: Readonly<Record<string, number>>
  /** What it wrote to its log as a warning or an error. */
  readonly troubles: readonly string[]
  /** The longest that the thread was held up by one piece of work, or by the machine. Milliseconds. */
  readonly longestTurn: number
}

const port = parentPort
if (!port) throw new Error('This is a worker of openServed.')
const { databaseUrl, dataDirectory, databaseConnections } = workerData as ServedOptions
const turns = monitorEventLoopDelay({ resolution: 5 })
turns.enable()
let calls = 0
let slowest: Record<string, number> = {}
let troubles: string[] = []

const trouble = (facts: object, message: string): void => {
  const { err, ...more } = facts as { err?: unknown }
  if (troubles.length < 20)
    troubles.push(`${message}: ${err instanceof Error ? err.stack : JSON.stringify({ err, ...more })}`)
}
/** One call: a request of its own, or a member of an array. What is told of whole arrays names no method. */
const call = (facts: object): void => {
  const { method, milliseconds } = facts as { method?: string; milliseconds?: number }
  if (method === undefined || milliseconds === undefined) return
  calls += 1
  slowest[method] = Math.max(slowest[method] ?? 0, milliseconds)
}
const log: Log = { info: call, debug: call, warn: trouble, error: trouble }

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
    port.postMessage({ calls, slowest, troubles, longestTurn: turns.max / 1e6 } satisfies Noted)
    calls = 0
    slowest = {}
    troubles = []
    turns.reset()
  } else void service.close().then(() => port.close())
})
port.postMessage({ url: service.url, initialKey: service.initialKey })
