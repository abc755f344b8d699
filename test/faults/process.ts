/** The service as a process of its own, started as `npm start` starts it, that can be killed and started again. */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { RequestProxy } from '../proxy.ts'
import { startCommand } from '../startCommand.ts'
import { within } from './chance.ts'

export interface ServiceOptions {
  /** Where the sources are; a control has its own, with one guard taken out. */
  readonly root: string
  readonly databaseUrl: string
  readonly dataDirectory: string
  /** A main of our own whose clock can be moved, instead of the service's. */
  readonly main?: string | undefined
  readonly onTrouble: (trouble: string) => void
}

export class ServiceProcess {
  /** The door that callers know, which stays where it is while processes come and go behind it. */
  readonly door: RequestProxy
  readonly #options: ServiceOptions
  #child: ChildProcess | undefined
  #said = ''

  private constructor(options: ServiceOptions, door: RequestProxy) {
    this.#options = options
    this.door = door
  }

  static async open(options: ServiceOptions): Promise<ServiceProcess> {
    return new ServiceProcess(options, await RequestProxy.open())
  }

  /** The first key of the database, which the very first start leaves in the data directory. */
  async initialKey(): Promise<string> {
    return (await readFile(join(this.#options.dataDirectory, 'initial-key'), 'utf8')).trim()
  }

  /** The last that it wrote into its log. */
  get said(): string {
    return this.#said.slice(-4_000)
  }

  /** Starts the process and waits until it listens. */
  async start(): Promise<void> {
    const { root, main, databaseUrl, dataDirectory, onTrouble } = this.#options
    const words = startCommand.words.map((word) =>
      main !== undefined && word.endsWith('main.ts') ? main : word,
    )
    const child = spawn(process.execPath, words, {
      cwd: root,
      env: {
        ...startCommand.environment,
        PATH: process.env.PATH,
        DATABASE_URL: databaseUrl,
        TENURE_DATA_DIR: dataDirectory,
        TENURE_LOG: 'error',
        TENURE_WEBHOOK_ALLOW: '127.0.0.0/8',
        PORT: '0',
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = `${this.#said}${text}`.slice(-20_000)
    })
    child.once('exit', (code, signal) => {
      if (this.#child !== child) return
      this.door.target = undefined
      onTrouble(`The service ended by itself (${signal ?? code}): ${this.said}`)
    })
    this.door.target = { host: '127.0.0.1', port: await portOf(child, () => this.said) }
  }

  /** Ends the process as a power cut would; resolves when it is gone. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    this.door.target = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGKILL')
    await gone
  }

  /** Lets it stand still, or go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal)
  }

  /** Puts the clock of a service with a movable one so many seconds ahead of the machine's. */
  setAhead(seconds: number): void {
    this.#child?.send({ ahead: seconds })
  }

  async close(): Promise<void> {
    await this.kill()
    await this.door.close()
  }
}

async function portOf(child: ChildProcess, told: () => string): Promise<number> {
  let said = ''
  const listening = new Promise<number>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk
      const port = /listens on http:\S+:(\d+)\/rpc/.exec(said)?.[1]
      if (port !== undefined) resolve(Number(port))
    })
    child.once('exit', () => reject(new Error(`The service ended instead of starting: ${said}${told()}`)))
  })
  return within('the service to listen', listening, 60_000)
}
