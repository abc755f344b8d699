/** Opens the service on a thread of its own. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Noted, ServedOptions } from './served.ts'

export interface Served {
  readonly url: string
  /** The first key of partner 0, which has every scope. */
  readonly initialKey: string
  /** What the service noted since it was last asked. */
  noted(): Promise<Noted>
  close(): Promise<void>
}

export async function openServed(options: ServedOptions): Promise<Served> {
  const worker = new Worker(new URL('./served.ts', import.meta.url), { workerData: options })
  const ended = once(worker, 'exit')
  const [started] = (await once(worker, 'message')) as [{ url: string; initialKey: string }]
  return {
    ...started,
    async noted() {
      const answered = once(worker, 'message')
      worker.postMessage('noted')
      const [noted] = (await answered) as [Noted]
      return noted
    },
    async close() {
      worker.postMessage('close')
      await ended
    },
  }
}
