/**
 * Plays the model at greater length than the suite does, until the calls asked for are made or one is answered wrongly:
 * `npm run model -- --calls 20000 --seed 1`. Runs a PostgreSQL of its own in a temporary folder.
 */

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openService, type Service } from '../../src/service.ts'
import { openEmbedded } from '../../src/store/embedded.ts'
import type { Clock, Log } from '../../src/tenure.ts'
import { temporaryFolder } from '../folder.ts'
import { type Play, play } from './run.ts'
import type { Servers } from './stage.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '5000' },
    commands: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    path: { type: 'string' },
    replay: { type: 'string' },
  },
})

const silent: Log = { debug() {}, info() {}, warn() {}, error() {} }
const beginning = Date.parse('2026-03-01T12:00:00Z') / 1000

/** Two servers on one database, under a clock that only the model moves. */
async function openServers(url: string, dataDirectory: string) {
  let now = beginning
  const clock: Clock = { now: () => now, milliseconds: () => now * 1000 }
  const open = (port: number): Promise<Service> =>
    openService({
      clock,
      log: silent,
      config: {
        port,
        host: '127.0.0.1',
        databaseUrl: url,
        dataDirectory,
        logLevel: 'silent',
        publicUrl: 'http://tenure.test',
        rateLimit: 0,
        databaseConnections: 5,
      },
    })
  const services = [await open(0), await open(0)]
  const post = async (server: number, key: string, body: unknown) => {
    const response = await fetch(`${services[server]?.url}/rpc`, {
      method: 'POST',
      headers: { 'x-api-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    const { status, headers } = response
    return { status, replayed: headers.get('x-replayed') === '1', json: await response.json() }
  }
  const operator = services[0]?.initialKey as string
  const partner: Play['partner'] = async (rules) => {
    const made = await post(0, operator, { method: 'createPartner', params: { name: 'model', ...rules } })
    const { partner, apiKey } = made.json as { partner: number; apiKey: string }
    const servers: Servers = {
      count: services.length,
      post: (server, body) => post(server, apiKey, body),
      async restart(server) {
        const service = services[server] as Service
        await service.close()
        services[server] = await open(Number(new URL(service.url).port))
      },
      setClock: (to) => {
        now = to
      },
    }
    return { partner, servers, now }
  }
  return { partner, close: () => Promise.all(services.map((service) => service.close())) }
}

const folder = await temporaryFolder('tenure-model')
const database = await openEmbedded({ dataDirectory: join(folder, 'data'), settings: { fsync: 'off' } })
const { partner, close } = await openServers(database.url, join(folder, 'data'))
try {
  const commands = Number(values.commands)
  const seed = Number(values.seed)
  // A course has half as many steps as it may have at most, one with another.
  const runs = Math.max(1, Math.ceil((2 * Number(values.calls)) / commands))
  const { failure, met } = await play({
    partner,
    runs,
    commands,
    seed,
    path: values.path,
    replayPath: values.replay,
  })
  const outcomes = [...met].sort().map(([outcome, count]) => `${String(count).padStart(7)}  ${outcome}`)
  process.stdout.write(`${outcomes.join('\n')}\n`)
  process.stdout.write(failure === undefined ? `Seed ${seed}: as foretold.\n` : `${failure}\n`)
  process.exitCode = failure === undefined ? 0 : 1
} finally {
  await close()
  await database.close()
  await rm(folder, { recursive: true, force: true })
}
