/**
 * Attacks a service with calls made from its own OpenRPC document: `npm run hostile -- --calls 100000 --seed 1`. Runs a
 * PostgreSQL of its own in a temporary folder. Ends with 1 when anything was answered that should not have been, took
 * longer than a second, was logged as unexpected, or changed what belongs to a partner who took no part.
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
import { idleBeside } from './idle.ts'
import { attack, type Report } from './run.ts'
import type { Noted } from './served.ts'
import { openServed } from './service.ts'
import { callOn, fingerprints, namesOfTheInside, setStage } from './stage.ts'

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    'at-once': { type: 'string', default: '8' },
    /** Shows the slowest request. */
    slowest: { type: 'boolean' },
  },
})

/** Milliseconds that no call may take; one that waits for events may wait besides. */
const most = 1_000

/** A line for each method: how often it was answered, how often refused for what was sent, and by its own refusals. */
function tableOf({ table }: Report, slowest: Noted['slowest']): string[] {
  const width = Math.max(...[...table.keys()].map((name) => name.length))
  const columns = ['ok', 'params_invalid', 'forbidden', 'invalid_request', 'notification']
  const head = ['method'.padEnd(width), 'calls', ...columns, 'own refusals', 'others', 'slowest ms']
  const lines = [...table].sort().map(([method, outcomes]) => {
    const own: readonly string[] = registry[method]?.faults ?? []
    const sum = (which: (outcome: string) => boolean): number =>
      [...outcomes].reduce((total, [outcome, count]) => total + (which(outcome) ? count : 0), 0)
    const cells = [
      sum(() => true),
      ...columns.map((column) => outcomes.get(column) ?? 0),
      sum((outcome) => own.includes(outcome)),
      sum((outcome) => !columns.includes(outcome) && !own.includes(outcome)),
      Math.round(slowest[method] ?? 0),
    ]
    return [
      method.padEnd(width),
      ...cells.map((cell, index) => String(cell).padStart(head[index + 1]?.length ?? 0)),
    ]
  })
  return [head, ...lines].map((cells) => cells.join('  '))
}

function tooSlow({ slowest }: Noted): string[] {
  return Object.entries(slowest).flatMap(([method, milliseconds]) => {
    const allowed = method === 'listEvents' ? most + 1_000 : most
    return milliseconds > allowed ? [`${method} took ${Math.round(milliseconds)} ms`] : []
  })
}

const seed = Number(values.seed)
const folder = await temporaryFolder('tenure-hostile')
const database = await openEmbedded({ dataDirectory: join(folder, 'data'), settings: { fsync: 'off' } })
const served = await openServed({
  databaseUrl: database.url,
  dataDirectory: join(folder, 'data'),
  databaseConnections: 10,
})
try {
  const stage = await setStage(callOn(served.url), served.initialKey)
  const prints = () => withClient(database.url, (client) => fingerprints(client, stage.victim))
  const inside = await withClient(database.url, namesOfTheInside)
  const before = await prints()
  await served.noted()
  const load = loadavg()[0] as number
  const idle = idleBeside()
  const began = performance.now()
  const report = await attack({
    ...stage,
    url: served.url,
    document: openRpcDocument(registry, '0'),
    secrets: [...stage.secrets, ...inside],
    calls: Number(values.calls),
    seed,
    atOnce: Number(values['at-once']),
  })
  const seconds = (performance.now() - began) / 1_000
  const noted = await served.noted()
  const late = await idle.longest()
  const after = await prints()
  const changed = Object.keys(before).filter((name) => before[name] !== after[name])
  const problems = [
    ...report.problems,
    ...tooSlow(noted),
    ...noted.troubles.map((trouble) => `logged: ${trouble}`),
    ...changed.map((name) => `${name} has changed for a partner who took no part`),
  ]
  process.stdout.write(`${tableOf(report, noted.slowest).join('\n')}\n\n`)
  process.stdout.write(
    `${report.calls} calls in ${report.requests} requests, ${seconds.toFixed(0)} s, seed ${seed}. ` +
      `The slowest request took ${Math.round(report.slowest.milliseconds)} ms as its caller saw it. ` +
      `Load of the ${cpus().length} cores: ${load.toFixed(1)} before, ${(loadavg()[0] as number).toFixed(1)} after; ` +
      `longest turn of the service's thread ${Math.round(noted.longestTurn)} ms, of an idle one beside it ${Math.round(late)} ms. ` +
      `${Object.keys(before).length} tables of the partner who took no part were compared.\n`,
  )
  if (values.slowest) process.stdout.write(`${report.slowest.request}\n`)
  process.stdout.write(problems.length === 0 ? 'Nothing was wrong.\n' : `\n${problems.join('\n\n')}\n`)
  process.exitCode = problems.length === 0 ? 0 : 1
} finally {
  await served.close()
  await database.close()
  await rm(folder, { recursive: true, force: true })
}
