/** Processes of a measurement past one machine: services as `npm start` starts them, and whatever stands before them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { freePort } from '../../src/store/embedded/attach.ts'
import { startCommand } from '../startCommand.ts'

/** How long a process may take to start or to end. Milliseconds. */
const patience = 30_000

export interface ProcessOptions {
  /** Where the sources are that are to run. */
  readonly root: string
  readonly databaseUrl: string
  readonly dataDirectory: string
  /** What Node is given; what `npm start` gives it unless said otherwise. */
  readonly words?: readonly string[]
  readonly settings?: Record<string, string>
}

/** One service process at a port of its own, which it keeps from start to start. */
export class ServiceProcess {
  readonly port: number
  readonly #options: ProcessOptions
  #child: ChildProcess | undefined
  #ended: Promise<unknown> = Promise.resolve()

  private constructor(port: number, options: ProcessOptions) {
    this.port = port
    this.#options = options
  }

  static async open(options: ProcessOptions): Promise<ServiceProcess> {
    const service = new ServiceProcess(await freePort(), options)
    await service.start()
    return service
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Starts the process and waits until it is ready. */
  async start(): Promise<void> {
    const { root, databaseUrl, dataDirectory, words = startCommand.words, settings } = this.#options
    const child = spawn(process.execPath, words, {
      cwd: root,
      env: {
        ...startCommand.environment,
        PATH: process.env.PATH,
        PORT: String(this.port),
        HOST: '127.0.0.1',
        TENURE_LOG: 'warn',
        DATABASE_URL: databaseUrl,
        TENURE_DATA_DIR: dataDirectory,
        ...settings,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    this.#child = child
    this.#ended = once(child, 'exit')
    await eventually(`a service to be ready at port ${this.port}`, async () => {
      if (child.exitCode !== null) throw new Error(`The service ended with exit code ${child.exitCode}.`)
      return (await statusOf(`${this.url}/readyz`)) === 200
    })
  }

  /** Stops it as an operator does, with SIGTERM; resolves when it is gone. */
  async stop(): Promise<void> {
    this.#child?.kill('SIGTERM')
    await this.#ended
  }
}

/** A program that runs beside the services until it is stopped. */
export async function runBeside(
  program: string,
  words: readonly string[],
): Promise<{ stop(): Promise<void> }> {
  const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'inherit'] })
  const ended = once(child, 'exit')
  await once(child, 'spawn')
  return {
    async stop() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** The status that an address answers, or nothing where nobody answers. */
export async function statusOf(url: string): Promise<number | undefined> {
  try {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.status
  } catch {
    return undefined
  }
}

/** Waits until something holds; rejects when it takes too long. */
export async function eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patience
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`It took too long for ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
