/**
 * Sends webhooks from a thread of its own. What a webhook costs, above all Node's HTTP client and the garbage it leaves,
 * would otherwise be taken from the one thread that answers callers; so a small machine's second core bears it.
 */
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Answer, OpenLine } from './post.ts'

/** What the thread is told: to send something over a line, to break that off, to close a line. */
export type Told =
  | {
      readonly kind: 'post'
      readonly id: number
      readonly line: number
      readonly url: string
      readonly body: string
      readonly headers: Record<string, string>
    }
  | { readonly kind: 'stop'; readonly id: number }
  | { readonly kind: 'close'; readonly line: number }

/** What the thread tells of something that it sent. */
export interface Said {
  readonly id: number
  readonly answer: Answer
}

/** What the thread is given when it begins. */
export interface SenderSettings {
  /** Networks that webhooks may go to besides public addresses. */
  readonly allowed: readonly string[]
}

interface Waiting {
  readonly signal: AbortSignal
  readonly stop: () => void
  readonly resolve: (answer: Answer) => void
  readonly reject: (reason: Error) => void
}

const program = new URL(`./sender${extname(import.meta.url)}`, import.meta.url)

/** Megabytes that the thread may take: as many webhooks as are ever under way, and what they leave behind. */
const memory = { maxYoungGenerationSizeMb: 16, maxOldGenerationSizeMb: 256 }

export class SenderThread {
  readonly #settings: SenderSettings
  readonly #onTrouble: (error: unknown) => void
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #untold: Told[] = []
  #lines = 0
  #posts = 0
  #isClosed = false

  constructor(settings: SenderSettings, onTrouble: (error: unknown) => void) {
    this.#settings = settings
    this.#onTrouble = onTrouble
  }

  /** The thread begins with the first webhook, so that an installation without any does not carry it. */
  readonly openLine: OpenLine = (url) => {
    const line = ++this.#lines
    return {
      post: (body, headers, signal) => this.#post({ line, url, body, headers }, signal),
      close: () => this.#tell({ kind: 'close', line }),
    }
  }

  /** Ends the thread; what it was sending counts as not sent. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#worker?.terminate()
  }

  #post(
    post: { line: number; url: string; body: string; headers: Record<string, string> },
    signal: AbortSignal,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = ++this.#posts
      const stop = (): void => {
        this.#tell({ kind: 'stop', id })
        this.#take(id)?.reject(new Error('The service is stopping.'))
      }
      this.#waiting.set(id, { signal, stop, resolve, reject })
      this.#tell({ kind: 'post', id, ...post })
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
    })
  }

  /** Whatever is to be told in one turn of the event loop goes over together: each message wakes the thread. */
  #tell(told: Told): void {
    if (this.#untold.push(told) > 1) return
    setImmediate(() => {
      const all = this.#untold
      this.#untold = []
      if (this.#isClosed) return
      // A thread that has ended has closed its lines as well.
      if (all.some(({ kind }) => kind === 'post')) this.#worker ??= this.#begin()
      this.#worker?.postMessage(all)
    })
  }

  #begin(): Worker {
    const worker = new Worker(program, { workerData: this.#settings, resourceLimits: memory })
    worker.on('message', (said: readonly Said[]) => {
      for (const { id, answer } of said) this.#take(id)?.resolve(answer)
    })
    worker.on('error', this.#onTrouble)
    worker.on('exit', () => {
      this.#worker = undefined
      // Their jobs are given back, and the next webhook begins a new thread.
      for (const id of this.#waiting.keys())
        this.#take(id)?.reject(new Error('The thread that sends webhooks ended.'))
    })
    return worker
  }

  /** Nobody waits for it any longer. */
  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    waiting?.signal.removeEventListener('abort', waiting.stop)
    this.#waiting.delete(id)
    return waiting
  }
}
