/**
 * A PostgreSQL that faults may do anything to: the binaries of the embedded one, in a directory of its own, without the
 * watch that would start it again by itself. A migrated database is made once and copied for every round.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { findAccount, isRoot } from '../../src/store/embedded/account.ts'
import { freePort } from '../../src/store/embedded/attach.ts'
import { type Account, plainEnvironment, runProgram } from '../../src/store/embedded/processes.ts'
import { findPackage, type Programs, runnablePrograms } from '../../src/store/embedded/programs.ts'
import { waitUntil, within } from './chance.ts'

const run = promisify(execFile)

/** What every server is started with; its files are on disk before it answers a COMMIT. */
const usual = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '32MB',
  fsync: 'on',
}

/** Programs, and the account that they run under. */
export interface Installation {
  /** A folder that the account may enter, for everything of a run. */
  readonly folder: string
  readonly programs: Programs
  readonly account: Account | undefined
  /** A data directory with every migration carried out, to be copied. */
  readonly template: string
}

/** Finds the programs and makes the template, with the migrations of the sources in `root`. */
export async function install(folder: string, root: string): Promise<Installation> {
  const account = isRoot() ? await findAccount() : undefined
  const copies = join(folder, 'programs')
  await mkdir(copies)
  const programs = await runnablePrograms(await findPackage(), async () => copies, account)
  const template = join(folder, 'template')
  const installation = { folder, programs, account, template }
  await makeFor(account, template)
  const words = ['--pgdata', template, '--username', 'tenure', '--auth', 'trust', '--encoding', 'UTF8']
  const { code, output } = await runProgram(
    programs.initdb,
    [...words, '--locale', 'C', '--no-sync'],
    account,
  )
  if (code !== 0) throw new Error(`initdb failed: ${output}`)
  const server = await Postgres.at(installation, template, { fsync: 'off' })
  await server.start()
  await run(process.execPath, ['src/cli/index.ts', 'migrate'], {
    cwd: root,
    env: { PATH: process.env.PATH, DATABASE_URL: server.url, TENURE_DATA_DIR: join(folder, 'none') },
  })
  await server.stop('SIGINT')
  return installation
}

async function makeFor(account: Account | undefined, folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 })
  if (account) await chown(folder, account.uid, account.gid)
}

export class Postgres {
  readonly directory: string
  readonly port: number
  readonly #installation: Installation
  readonly #settings: Record<string, string>
  #pid: number | undefined
  #ended: Promise<unknown> = Promise.resolve()

  private constructor(
    installation: Installation,
    directory: string,
    port: number,
    settings: Record<string, string>,
  ) {
    this.#installation = installation
    this.directory = directory
    this.port = port
    this.#settings = settings
  }

  /** The server of a directory, not yet started. */
  static async at(
    installation: Installation,
    directory: string,
    settings: Record<string, string> = {},
  ): Promise<Postgres> {
    return new Postgres(installation, directory, await freePort(), settings)
  }

  /** A fresh copy of the template, not yet started, in a folder of the given name or at a given path. */
  static async copy(
    installation: Installation,
    directory: string,
    settings: Record<string, string> = {},
  ): Promise<Postgres> {
    await run('cp', ['-a', installation.template, directory])
    return Postgres.at(installation, directory, settings)
  }

  get url(): string {
    return `postgres://tenure@127.0.0.1:${this.port}/postgres`
  }

  get runs(): boolean {
    return this.#pid !== undefined
  }

  /** Starts the server and waits until it takes connections. */
  async start(): Promise<void> {
    const settings = Object.entries({ ...usual, port: String(this.port), ...this.#settings })
    const words = settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])
    const log = await open(join(this.#installation.folder, 'postgres.log'), 'a')
    const { account } = this.#installation
    const child = spawn(this.#installation.programs.postgres, ['-D', this.directory, ...words], {
      cwd: '/',
      detached: true,
      env: plainEnvironment,
      stdio: ['ignore', log.fd, log.fd],
      ...(account && { uid: account.uid, gid: account.gid }),
    })
    this.#ended = once(child, 'exit').then(() => {
      this.#pid = undefined
    })
    await once(child, 'spawn')
    this.#pid = child.pid
    await log.close()
    await waitUntil(`PostgreSQL to start in ${this.directory}`, async () => {
      if (this.#pid !== undefined) await this.query('select')
      return true
    })
    if (this.#pid === undefined) throw new Error(`PostgreSQL ended instead of starting in ${this.directory}.`)
  }

  /** Stops it: SIGINT waits for nobody but writes everything, SIGQUIT writes nothing, as a crash would. */
  async stop(signal: 'SIGINT' | 'SIGQUIT'): Promise<void> {
    if (this.#pid === undefined) return
    process.kill(this.#pid, signal)
    await within('PostgreSQL to end', this.#ended)
  }

  /** Ends the server and all its processes in one blow, as if the machine were gone. */
  async destroy(): Promise<void> {
    if (this.#pid === undefined) return
    process.kill(this.#pid, 'SIGSTOP')
    const children = await childrenOf(this.#pid)
    for (const pid of children) kill(pid)
    kill(this.#pid)
    await within('PostgreSQL to be gone', this.#ended)
    for (const pid of children) await waitUntil('its processes to be gone', async () => !(await isAlive(pid)))
  }

  /** Asks on a connection of its own, which may break like any other. */
  async query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: this.url })
    // Who waits for an answer is told; that the connection broke afterwards concerns nobody.
    client.on('error', () => {})
    await client.connect()
    try {
      return (await client.query(text, values)).rows as Row[]
    } finally {
      await client.end()
    }
  }

  /**
   * A second server that follows this one, which must be stopped, at the end of a line at that port. Both are started;
   * answers when they are in step.
   */
  async withStandby(directory: string, linePort: number): Promise<Postgres> {
    await run('cp', ['-a', this.directory, directory])
    const following = `host=127.0.0.1 port=${linePort} user=tenure application_name=standby`
    const standby = await Postgres.at(this.#installation, directory, { primary_conninfo: following })
    const signal = join(directory, 'standby.signal')
    await writeFile(signal, '')
    const { account } = this.#installation
    if (account) await chown(signal, account.uid, account.gid)
    await this.start()
    await standby.start()
    await waitUntil('the standby to be in step', async () => {
      const rows = await this.query(
        `select from pg_stat_replication where state = 'streaming' and sync_state in ('sync', 'async')`,
      )
      return rows.length === 1
    })
    return standby
  }

  /** Makes a standby the server that takes writes. */
  async promote(): Promise<void> {
    await this.query('select pg_promote(true, 60)')
    await waitUntil('the standby to take writes', async () => {
      const [row] = await this.query<{ standby: boolean }>('select pg_is_in_recovery() as standby')
      return row?.standby === false
    })
  }

  async remove(): Promise<void> {
    await this.destroy()
    await rm(this.directory, { recursive: true, force: true, maxRetries: 3 })
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    // It may have ended by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

async function statOf(pid: number): Promise<string[] | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => undefined)
  return text?.slice(text.lastIndexOf(')') + 2).split(' ')
}

async function isAlive(pid: number): Promise<boolean> {
  const stat = await statOf(pid)
  return stat !== undefined && stat[0] !== 'Z'
}

/** The processes that a process has started. */
async function childrenOf(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const children: number[] = []
  for (const pid of pids) if (Number((await statOf(pid))?.[1]) === parent) children.push(pid)
  return children
}
