/**
 * `npm run bench`: how fast the service is, how much of the machine it takes, and how that compares with writing the
 * same rows one by one. It is a measurement, not a test: goals that are missed are told and end it well all the same.
 */
import { writeFile } from 'node:fs/promises'
import { arch, cpus, release, totalmem, type } from 'node:os'
import packageFile from '../../package.json' with { type: 'json' }
import { openServer } from './database.ts'
import { type Options, readOptions, usage } from './options.ts'
import { goalsOf, type Report, textOf } from './report.ts'
import { Run } from './run.ts'

function machine(): Record<string, string> {
  const [cpu] = cpus()
  return {
    tenure: packageFile.version,
    node: process.version,
    machine: `${cpus().length} cores (${cpu?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${type()} ${release()} ${arch()}`,
  }
}

async function measure(options: Options): Promise<Report> {
  const server = await openServer(options.databaseUrl)
  const report: Report = {
    machine: machine(),
    database: server.facts,
    rows: [],
    ceiling: undefined,
    ceilingRounds: { free: [], locked: [] },
    memory: undefined,
    endurance: undefined,
    imported: undefined,
    reconciled: undefined,
    goals: [],
  }
  const run = new Run(options, server, report, (line) => process.stderr.write(`${line}\n`))
  // The round under way then fails, and everything that was started is ended on the way out.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => run.interrupt())
  try {
    await run.all()
  } finally {
    await server.close()
  }
  report.goals.push(...goalsOf(report))
  return report
}

async function main(): Promise<number> {
  let options: Options | undefined
  try {
    options = readOptions(process.argv.slice(2))
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`)
    return 2
  }
  if (!options) {
    process.stdout.write(usage)
    return 0
  }
  try {
    const report = await measure(options)
    process.stdout.write(`\n${textOf(report)}`)
    if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`)
    return 0
  } catch (error) {
    process.stderr.write(`The benchmark could not be run to its end: ${(error as Error).message}\n`)
    return 1
  }
}

process.exitCode = await main()
