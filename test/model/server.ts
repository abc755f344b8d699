/** One server of the play: the service as a process of its own that keeps its address however often it is started. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { startCommand } from '../startCommand.ts'

/** How a server ends: as an operator ends it, or as a power cut does. */
export type Ending = 'closed' | 'killed'

const root = new URL('../../', import.meta.url).pathname
const clockMain = 'test/model/clockMain.ts'
const mostSeconds = 60

export class Server {
  readonly #environment: Record<string, string>
  #child: ChildProcess | undefined
  #now: number
  #port = 0
  #said = ''

  constructor(environment: Record<string, string>, now: number) {
    this.#environment = environment
    this.#now = now
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  /** Starts the process and waits until it listens. */
  async start(): Promise<void> {
    const words = startCommand.words.map((word) => (word.endsWith('main.ts') ? clockMain : word))
    const child = spawn(process.execPath, words, {
      cwd: root,
      env: {
        ...startCommand.environment,
        PATH: process.env.PATH,
        ...this.#environment,
        PORT: String(this.#port),
        MODEL_NOW: String(this.#now),
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = child
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = `${this.#said}${text}`.slice(-4_000)
    })
    this.#port = await this.#portOf(child)
  }

  /** Ends the process; resolves when it is gone. */
  async end(ending: Ending): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(ending === 'closed' ? 'SIGTERM' : 'SIGKILL')
    const [code] = await gone
    if (ending === 'closed' && code !== 0)
      throw new Error(`A server that was to close ended with exit code ${code}: ${this.#said}`)
  }

  /** Puts its clock; resolves when it goes by it. */
  async setClock(now: number): Promise<void> {
    this.#now = now
    const child = this.#child
    if (!child) return
    const set = once(child, 'message')
    child.send({ now })
    await set
  }

  async #portOf(child: ChildProcess): Promise<number> {
    let said = ''
    return new Promise<number>((resolve, reject) => {
      const fail = (problem: string) => reject(new Error(`${problem}: ${said}${this.#said}`))
      const late = setTimeout(() => fail('A server does not listen'), mostSeconds * 1_000)
      child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk
        const port = /listens on http:\S+:(\d+)\/rpc/.exec(said)?.[1]
        if (port === undefined) return
        clearTimeout(late)
        resolve(Number(port))
      })
      child.once('exit', () => {
        clearTimeout(late)
        fail('A server ended instead of starting')
      })
    })
  }
}
