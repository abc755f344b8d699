/** A greedy partner on a thread of its own: sends the same array on many connections, over and over, until told to stop. */
import { once } from 'node:events'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { Sender } from './sender.ts'

export interface Greed {
  readonly url: string
  readonly keys: readonly string[]
  readonly connections: number
  readonly calls: readonly { method: string; params: object }[]
}

/** How many calls were answered, refused as unavailable, and refused otherwise. */
export interface Eaten {
  readonly answered: number
  readonly unavailable: number
  readonly refused: number
}

/** Begins; `sofar` tells what it has done, `stop` ends it once what is under way is answered. */
export function beGreedy(greed: Greed): { sofar(): Promise<Eaten>; stop(): Promise<void> } {
  const worker = new Worker(new URL(import.meta.url), { workerData: greed })
  const ended = once(worker, 'exit')
  return {
    async sofar() {
      const told = once(worker, 'message')
      worker.postMessage('sofar')
      return ((await told) as [Eaten])[0]
    },
    async stop() {
      worker.postMessage('stop')
      await ended
    },
  }
}

async function eat({ url, keys, connections, calls }: Greed): Promise<void> {
  const sender = new Sender(url)
  let stopped = false
  const eaten = { answered: 0, unavailable: 0, refused: 0 }
  parentPort?.on('message', (asked: 'sofar' | 'stop') => {
    if (asked === 'sofar') parentPort?.postMessage(eaten)
    else stopped = true
  })
  const one = async (_: unknown, index: number): Promise<void> => {
    while (!stopped) {
      const status = await sender.array(keys[index % keys.length] as string, calls)
      const what = status === 200 ? 'answered' : status === 503 ? 'unavailable' : 'refused'
      eaten[what] += calls.length
    }
  }
  await Promise.all(Array.from({ length: connections }, one))
  sender.close()
  parentPort?.close()
}

if (!isMainThread) await eat(workerData as Greed)
