/** The program of the thread that sends webhooks: takes them from the service, sends them, tells what was answered. */
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { type Line, lineOpener } from './post.ts'
import type { Said, SenderSettings, Told } from './senderThread.ts'
import { Targets } from './targets.ts'

// Linux gives each thread a rank of its own; whoever wants to be answered comes before a webhook. Elsewhere it would be
// the whole service that steps back.
if (process.platform === 'linux') setPriority(10)

const { allowed } = workerData as SenderSettings
const openLine = lineOpener(new Targets(allowed))
const lines = new Map<number, Line>()
const underWay = new Map<number, AbortController>()
let unsaid: Said[] = []

parentPort?.on('message', (all: readonly Told[]) => {
  for (const told of all) {
    if (told.kind === 'post') void post(told)
    else if (told.kind === 'stop') underWay.get(told.id)?.abort()
    else {
      lines.get(told.line)?.close()
      lines.delete(told.line)
    }
  }
})

async function post({ id, line: number, url, body, headers }: Told & { kind: 'post' }): Promise<void> {
  const line = lines.get(number) ?? openLine(url)
  lines.set(number, line)
  const stop = new AbortController()
  underWay.set(id, stop)
  try {
    say({ id, answer: await line.post(body, headers, stop.signal) })
  } catch (error) {
    // Only what was broken off rejects, and nobody waits for that any more.
    if (!stop.signal.aborted) throw error
  } finally {
    underWay.delete(id)
  }
}

/** What was answered in one turn of the event loop is told together. */
function say(said: Said): void {
  if (unsaid.push(said) > 1) return
  setImmediate(() => {
    parentPort?.postMessage(unsaid)
    unsaid = []
  })
}
