/**
 * `npm run bench`: how fast the service is, how much of the machine it takes, and how that compares with writing the
 * same rows one by one. It is a measurement, not a test: goals that are missed are told and end it well all the same.
 */
import { mkdir, writeFile } from 'node:fs/promises'
import { arch, cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import packageFile from '../../package.json' with { type: 'json' }
import { openServer } from './database.ts'
import { goalsOf } from './goals.ts'
import { type Options, readOptions, usage } from './options.ts'
import { plotsOf } from './plots.ts'
import type { Report } from './report.ts'
import { Run } from './run.ts'
import { textOf } from './text.ts'

function machine(words: readonly string[]): Record<string, string> {
  const [cpu] = cpus()
  return {
    tenure: packageFile.version,
    node: process.version,
    machine: `${cpus().length} cores (${cpu?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${type()} ${release()} ${arch()}`,
    date: new Date().toISOString(),
    command: ['npm run bench', ...(words.length > 0 ? ['--', ...words] : [])].join(' '),
  }
}

async function measure(options: Options, words: readonly string[]): Promise<Report> {
  const server = await openServer(options.databaseUrl)
  const report: Report = {
    machine: machine(words),
    database: server.facts,
    rows: [],
    ceilingRounds: { free: [], locked: [], set: [] },
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

async function draw(folder: string, report: Report): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const [name, svg] of Object.entries(plotsOf(report))) await writeFile(join(folder, `${name}.svg`), svg)
}

async function main(): Promise<number> {
  const words = process.argv.slice(2)
  let options: Options | undefined
  try {
    options = readOptions(words)
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`)
    return 2
  }
  if (!options) {
    process.stdout.write(usage)
    return 0
  }
  try {
    const report = await measure(options, words)
    process.stdout.write(`\n${textOf(report)}`)
    if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`)
    if (options.plots) await draw(options.plots, report)
    return 0
  } catch (error) {
    process.stderr.write(`The benchmark could not be run to its end: ${(error as Error).message}\n`)
    return 1
  }
}

process.exitCode = await main()
