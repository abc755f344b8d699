/**
 * A thread that does nothing but note how late the machine lets it come to its turn. What a service is late beside it
 * may be the machine's doing.
 */
import { once } from 'node:events'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { Turns } from './turns.ts'

type Span = readonly [from: number, to: number]

/** What the idle thread was kept waiting: at most by one turn, and within each span altogether. Milliseconds. */
export interface Waited {
  readonly longest: number
  readonly within: readonly number[]
}

/** Begins to idle; `waited` ends it. */
export function idleBeside(): { waited(spans: readonly Span[]): Promise<Waited> } {
  const worker = new Worker(new URL(import.meta.url))
  return {
    async waited(spans) {
      worker.postMessage(spans)
      const [waited] = (await once(worker, 'message')) as [Waited]
      return waited
    },
  }
}

if (!isMainThread) {
  const turns = new Turns()
  parentPort?.on('message', (spans: readonly Span[]) => {
    const within = spans.map(([from, to]) => turns.between(from, to).late)
    parentPort?.postMessage({ longest: turns.longest(), within } satisfies Waited)
    parentPort?.close()
  })
}
