/**
 * Attacks a service at every door: `npm run hostile -- --calls 100000 --seed 1`. Calls to `/rpc` are made from its own
 * OpenRPC document, and a fifth as many requests go to the hooks, the console, the import and what is open to all. Runs
 * a PostgreSQL of its own in a temporary folder. Ends with 1 when anything was answered that should not have been, took
 * longer than a second, was logged as unexpected, was left undone, or changed what belongs to a partner who took no part.
 */
import { rm } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { registry } from '../../src/methods/index.ts'
import { openRpcDocument } from '../../src/rpc/openrpc.ts'
import { openEmbedded } from '../../src/store/embedded.ts'
import { withClient } from '../database.ts'
import { temporaryFolder } from '../folder.ts'
import { doorsOf } from './allDoors.ts'
import { type DoorStage, setDoorStage } from './doorStage.ts'
import { attackDoors, type DoorsReport } from './doors.ts'
import { idleBeside } from './idle.ts'
import { tableOfDoors, tableOfMethods } from './report.ts'
import { attack, type Report } from './run.ts'
import { openServed } from './service.ts'
import { type Settlement, settlement } from './settled.ts'
import { most, slowSentences, tooSlow } from './slow.ts'
import { callOn, fingerprints, namesOfTheInside, type Stage, setStage } from './stage.ts'
import { attackWires } from './wires.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100000' },
    /** Requests to the other doors; a fifth of the calls unless said. */
    doors: { type: 'string' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    /** Requests under way at the same time: as many as keep two cores busy, and no more, so that a second is a fair limit. */
    'at-once': { type: 'string', default: '4' },
    /** Shows the slowest request. */
    slowest: { type: 'boolean' },
  },
})

const seed = Number(values.seed)
const calls = Number(values.calls)
const atOnce = Number(values['at-once'])
const say = (text: string): boolean => process.stdout.write(`${text}\n`)

const folder = await temporaryFolder('tenure-hostile')
const database = await openEmbedded({ dataDirectory: join(folder, 'data'), settings: { fsync: 'off' } })
const served = await openServed({
  databaseUrl: database.url,
  dataDirectory: join(folder, 'data'),
  databaseConnections: 10,
})
const call = callOn(served.url)

/** The calls to `/rpc`; answers what was wrong. */
async function callsToRpc(stage: Stage, secrets: readonly string[]): Promise<string[]> {
  const load = loadavg()[0] as number
  const idle = idleBeside()
  const began = performance.now()
  const document = openRpcDocument(registry, '0')
  const report: Report = await attack({ ...stage, url: served.url, document, secrets, calls, seed, atOnce })
  const seconds = (performance.now() - began) / 1_000
  const noted = await served.noted()
  const slow = tooSlow(noted)
  const waited = await idle.waited(slow.map(({ began, ended }) => [began, ended]))
  say(`${tableOfMethods(report, noted.slowest)}\n`)
  say(
    `${report.calls} calls in ${report.requests} requests, ${atOnce} at once, ${seconds.toFixed(0)} s, seed ${seed}. ` +
      `The slowest request took ${Math.round(report.slowest.milliseconds)} ms as its caller saw it. ` +
      `Load of the ${cpus().length} cores: ${load.toFixed(1)} before, ${(loadavg()[0] as number).toFixed(1)} after; ` +
      `longest turn of the service's thread ${Math.round(noted.longestTurn)} ms, of an idle one beside it ${Math.round(waited.longest)} ms.\n`,
  )
  if (values.slowest) say(report.slowest.request)
  return [
    ...report.problems,
    ...(await slowSentences(served.url, slow, waited, report.slow)),
    ...noted.troubles.map((trouble) => `logged: ${trouble}`),
  ]
}

/** The requests to the other doors; answers what was wrong. */
async function requestsToDoors(stage: DoorStage, secrets: readonly string[]): Promise<string[]> {
  const requests = Number(values.doors ?? Math.ceil(calls / 5))
  const report: DoorsReport = await attackDoors({
    url: served.url,
    doors: doorsOf(stage),
    secrets,
    requests,
    seed,
    atOnce,
    next: () => call(stage.victimKey, 'getCustomer', { id: 'vc' }),
    most,
  })
  const wires = await attackWires(served.url, secrets)
  const settled: Settlement = await withClient(database.url, (client) => settlement(client, call, stage))
  const { troubles, longestTurn } = await served.noted()
  const sum = [...report.table.values()].reduce((total, { requests }) => total + requests, 0)
  const states = Object.entries(settled.states).map(([state, count]) => `${count} ${state}`)
  say(`${tableOfDoors(report)}\n`)
  say(
    `${sum} requests to ${report.table.size} doors and ${wires.sent} bare connections, the last of them closed after ` +
      `${(wires.slowest / 1_000).toFixed(0)} s. Of the events that shops had signed: ${states.join(', ')}; ` +
      `${settled.replayed} were parked when all of those were asked to be applied once more. ` +
      `The longest turn of the service's thread was ${Math.round(longestTurn)} ms.\n`,
  )
  return [
    ...report.problems,
    ...wires.problems,
    ...settled.problems,
    ...troubles.map((trouble) => `logged: ${trouble}`),
  ]
}

try {
  const stage = await setStage(call, served.initialKey)
  const doorStage = await setDoorStage(served.url, call, stage)
  const prints = () => withClient(database.url, (client) => fingerprints(client, stage.victim))
  const secrets = [...stage.secrets, ...(await withClient(database.url, namesOfTheInside))]
  const before = await prints()
  await served.noted()
  const problems = [...(await callsToRpc(stage, secrets)), ...(await requestsToDoors(doorStage, secrets))]
  const after = await prints()
  for (const name of Object.keys(before))
    if (before[name] !== after[name]) problems.push(`${name} has changed for a partner who took no part`)
  say(`${Object.keys(before).length} tables of the partner who took no part were compared.`)
  say(problems.length === 0 ? 'Nothing was wrong.' : `\n${problems.join('\n\n')}`)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  await served.close()
  await database.close()
  await rm(folder, { recursive: true, force: true })
}
