/**
 * `npm run faults`: plays every fault against real service processes under load and holds what callers were told against
 * what is there. With `--controls` it takes out one guard after the other, and the checker must find what goes wrong.
 */
import { rm, writeFile } from 'node:fs/promises'
import { cpus, release, type } from 'node:os'
import { join } from 'node:path'
import packageFile from '../../package.json' with { type: 'json' }
import { temporaryFolder } from '../folder.ts'
import type { Control } from './controls/control.ts'
import type { Fault } from './fault.ts'
import { type Options, readOptions, usage } from './options.ts'
import { type Installation, install } from './postgres.ts'
import { exitCodeOf, type Report, type Row, rowOf, textOf } from './report.ts'
import { playRound, type Round } from './round.ts'
import { closeScenes, NotPossibleHere } from './scene.ts'
import { copySources } from './sources.ts'

const tell = (line: string): void => void process.stderr.write(`${line}\n`)

/** Seeds of rounds lie so far apart that their workers, who count on from them, share none. */
const betweenSeeds = 1_000

class Run {
  readonly #options: Options
  readonly #installation: Installation
  readonly #root: string

  constructor(options: Options, installation: Installation, root: string) {
    this.#options = options
    this.#installation = installation
    this.#root = root
  }

  /** Plays the rounds of one fault; goes on to its last even where one found something. */
  async fault(fault: Fault): Promise<Row> {
    const { rounds, seed } = this.#options
    const played: Round[] = []
    for (let round = 0; round < rounds; round++) {
      const ended = await this.#play(fault, this.#root, seed + round * betweenSeeds, played)
      if (ended) return rowOf(fault.name, seed, played, ended)
    }
    return rowOf(fault.name, seed, played)
  }

  /** Tries a control until the checker has found what it must find. */
  async control({ name, fault, patches, expects }: Control): Promise<Row> {
    const { rounds, seed } = this.#options
    const root = await copySources(join(this.#installation.folder, `without ${name}`), patches, this.#root)
    const played: Round[] = []
    for (let round = 0; round < rounds; round++) {
      const ended = await this.#play(fault, root, seed + round * betweenSeeds, played)
      if (ended) return rowOf(name, seed, played, ended)
      if (played.at(-1)?.complaints.some(({ kind }) => kind === expects)) return rowOf(name, seed, played)
    }
    return rowOf(name, seed, played, { broken: `nothing was ${expects} in ${rounds} rounds` })
  }

  async #play(
    fault: Fault,
    root: string,
    seed: number,
    played: Round[],
  ): Promise<{ broken?: string; notPossible?: string } | undefined> {
    const { seconds } = this.#options
    try {
      const round = await playRound(fault, { installation: this.#installation, root, seed, seconds })
      played.push(round)
      const { strikes, acknowledged, complaints } = round
      tell(
        `${fault.name}, seed ${seed}: ${strikes} strikes, ${acknowledged} acknowledged, ${complaints.length} complaints`,
      )
      return undefined
    } catch (error) {
      tell(`${fault.name}, seed ${seed}: ${(error as Error).message}`)
      if (error instanceof NotPossibleHere) return { notPossible: error.message }
      return { broken: `seed ${seed}: ${(error as Error).stack}` }
    }
  }
}

async function playAll(options: Options, words: readonly string[]): Promise<Report> {
  const folder = await temporaryFolder('tenure-faults')
  const report: Report = {
    machine: {
      tenure: packageFile.version,
      node: process.version,
      system: `${type()} ${release()}`,
      cores: String(cpus().length),
    },
    date: new Date().toISOString().slice(0, 10),
    command: ['npm run faults --', ...words].join(' '),
    seed: options.seed,
    controls: options.controls.length > 0,
    rows: [],
  }
  endWell(folder)
  try {
    const root = await copySources(join(folder, 'sources'))
    const run = new Run(options, await install(folder, root), root)
    for (const fault of options.faults) report.rows.push(await run.fault(fault))
    for (const control of options.controls) report.rows.push(await run.control(control))
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  return report
}

/** Whoever breaks the run off, or whatever breaks it, leaves no server and no file behind. */
function endWell(folder: string): void {
  const end = async (status: number): Promise<never> => {
    await closeScenes()
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
    process.exit(status)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => void end(130))
  process.once('uncaughtException', (error) => {
    tell(`The run broke: ${error.stack}`)
    void end(1)
  })
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
  const report = await playAll(options, words)
  process.stdout.write(`\n${textOf(report)}`)
  if (options.json) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`)
  return exitCodeOf(report)
}

process.exitCode = await main()
