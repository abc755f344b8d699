/**
 * A thread that does nothing but note how late the machine lets it come to its turn. What a service is late beside it
 * may be the machine's doing.
 */
import { once } from 'node:events'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'

/** Begins to idle; `longest` ends it and answers the milliseconds that it was kept waiting at most. */
export function idleBeside(): { longest(): Promise<number> } {
  const worker = new Worker(new URL(import.meta.url))
  return {
    async longest() {
      worker.postMessage('longest')
      const [milliseconds] = (await once(worker, 'message')) as [number]
      return milliseconds
    },
  }
}

if (!isMainThread) {
  const turns = monitorEventLoopDelay({ resolution: 5 })
  turns.enable()
  parentPort?.on('message', () => {
    parentPort?.postMessage(turns.max / 1e6)
    parentPort?.close()
  })
}
