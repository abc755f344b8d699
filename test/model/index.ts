/**
 * Plays the model at length, course after course and several at once, until the calls asked for are made or one is
 * answered wrongly:
 *
 *     npm run model -- --commands 100000 --seed 1
 *
 * `--commands` is the number of calls in all, `--length` the most steps of one course. Course n of a run is the one that
 * `--seed` (seed + n) begins with, for sandboxes where n is even and for live partners where it is odd; so which steps a
 * course tries is known by the seed. What a call that is broken off by a server's end has come to is a matter of time,
 * and the course goes on from what it came to. `--kind` plays one kind alone, and `--shrink` looks for the shortest
 * course that fails, which takes minutes.
 *
 * Sandboxes have an installation to themselves, with several courses beside each other, and live partners one where a
 * course after the other moves the clock. Both have two servers, which are closed and killed while it goes on.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openEmbedded } from '../../src/store/embedded.ts'
import { databaseUrl, withClient } from '../database.ts'
import { temporaryFolder } from '../folder.ts'
import { Installation } from './installation.ts'
import { Receiver } from './receiver.ts'
import { play } from './run.ts'
import { Tally } from './tally.ts'

const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: '5000' },
    length: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    kind: { type: 'string' },
    path: { type: 'string' },
    replay: { type: 'string' },
    shrink: { type: 'boolean', default: false },
  },
})
const wanted = Number(values.commands)
const seed = Number(values.seed)

/** From how many calls on every method must have been answered. */
const enoughForAll = 10_000
const beginning = Date.parse('2026-03-01T12:00:00Z') / 1000
const strikes = { endings: ['closed', 'killed'], every: 150 } as const
const tellEvery = 10_000

type Kind = 'sandbox' | 'live'
const coursesAtOnce: Record<Kind, number> = { sandbox: 3, live: 1 }

const tally = new Tally()
let failure: string | undefined
const isOver = (): boolean => failure !== undefined || tally.calls >= wanted

/** Plays the courses of one kind, each as soon as there is room for it. */
async function playAll(kind: Kind, installation: Installation, receiver: Receiver): Promise<void> {
  let next = kind === 'live' && values.kind === undefined ? 1 : 0
  const lane = async (): Promise<void> => {
    while (!isOver()) {
      const own = seed + next
      next += values.kind === undefined ? 2 : 1
      const course = await play({
        partner: (rules) => installation.partner(rules),
        runs: 1,
        commands: Number(values.length),
        seed: own,
        path: values.path,
        replayPath: values.replay,
        strikes,
        shrink: values.shrink,
        receiver,
        waits: true,
        sandbox: kind === 'sandbox',
        met: tally.met,
      })
      tally.courses += 1
      failure ??= course.failure
      // A course that is asked for by its path is the only one.
      if (values.path !== undefined) return
    }
  }
  const lanes = values.path === undefined ? coursesAtOnce[kind] : 1
  await Promise.all(Array.from({ length: lanes }, lane))
}

async function openInstallation(kind: Kind, serverUrl: string, folder: string): Promise<Installation> {
  const data = join(folder, kind)
  await mkdir(data)
  await withClient(serverUrl, (client) => client.query(`create database ${kind}`))
  return Installation.open(databaseUrl(serverUrl, kind), data, beginning)
}

async function main(): Promise<number> {
  const folder = await temporaryFolder('tenure-model')
  const settings = { fsync: 'off', max_connections: '200' }
  const database = await openEmbedded({ dataDirectory: join(folder, 'data'), settings })
  // Partners of both have the same numbers, by which a receiver tells them apart.
  const receivers = { sandbox: await Receiver.open(), live: await Receiver.open() }
  const open = new Map<Kind, Installation>()
  const telling = setInterval(() => process.stdout.write(`${tally.line()}\n`), tellEvery)
  try {
    process.stdout.write(`Seed ${seed}, ${wanted} calls.\n`)
    const kinds: Kind[] = values.kind === undefined ? ['sandbox', 'live'] : [values.kind as Kind]
    for (const kind of kinds) open.set(kind, await openInstallation(kind, database.url, folder))
    tally.begin()
    await Promise.all([...open].map(([kind, installation]) => playAll(kind, installation, receivers[kind])))
    process.stdout.write(`${tally.line()}\n\n${tally.tables()}\n`)
    const methods = (await [...open.values()][0]?.methods()) ?? []
    if (methods.length > 0) tally.met.set('sent rpc.discover answered', 1)
    const missing = wanted < enoughForAll || failure !== undefined ? [] : tally.neverAnswered(methods)
    if (missing.length > 0) failure = `Never answered: ${missing.join(', ')}.`
    process.stdout.write(failure === undefined ? `Seed ${seed}: as foretold.\n` : `${failure}\n`)
    return failure === undefined ? 0 : 1
  } finally {
    clearInterval(telling)
    for (const installation of open.values()) await installation.close()
    for (const receiver of Object.values(receivers)) await receiver.close()
    await database.close()
    await rm(folder, { recursive: true, force: true })
  }
}

process.exitCode = await main()
