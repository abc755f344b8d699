/** How fast events come out: to a webhook, beside the calls that make them, and to a reader at the end of the feed. */
import { setTimeout as pause } from 'node:timers/promises'
import type { BenchServer } from './database.ts'
import type { Measured } from './driver.ts'
import { Latencies } from './latencies.ts'
import { openReceiver } from './receiver.ts'
import { customers, type OpenRow, rowOf, Stage } from './stage.ts'

export interface EventsOut {
  /** Events of the burst. */
  readonly burst: number
  /** Seconds from the first call of the burst until its last event was at the endpoint, and from its last answer. */
  readonly seconds: number
  readonly after: number
  /** Rounds of createFirstOrder with an endpoint that is delivered to, and without, taking turns. */
  readonly delivering: Measured[]
  readonly alone: Measured[]
}

export interface FeedLag {
  readonly events: number
  /** Milliseconds from the writer's answer until the reader, who waits in `listEvents`, has the event. */
  readonly p50: number
  readonly p99: number
}

const webhooksHere = { TENURE_WEBHOOK_ALLOW: '127.0.0.0/8' }
const burstEvents = 10_000

export async function measureEventsOut(
  server: BenchServer,
  rounds: number,
  seconds: number,
  tell: (line: string) => void,
): Promise<EventsOut> {
  const alone = await Stage.open(server, { settings: webhooksHere })
  const delivering = await Stage.open(server, { settings: webhooksHere })
  const receiver = await openReceiver()
  try {
    for (const stage of [alone, delivering]) await stage.fill('createCustomer', 'customer', customers)
    await delivering.call('createWebhookEndpoint', { url: receiver.url, types: ['order.created'] })
    const began = performance.now()
    await delivering.fill('createFirstOrder', 'burst', burstEvents)
    const committed = performance.now()
    await receiver.until(burstEvents)
    const delivered = performance.now()
    tell(`${burstEvents} events at the endpoint after ${((delivered - began) / 1_000).toFixed(1)} s`)
    let events = burstEvents
    const rows = { alone: rowOf('createFirstOrder'), delivering: rowOf('createFirstOrder') }
    for (let round = 0; round < rounds; round++) {
      await alone.round(rows.alone, 'createFirstOrder', { seconds })
      events += (await delivering.round(rows.delivering, 'createFirstOrder', { seconds })).ok
      // What is still to be delivered would otherwise disturb the next round of the other.
      await receiver.until(events)
      tell(`createFirstOrder alone ${lastRate(rows.alone)}, delivering ${lastRate(rows.delivering)} calls/s`)
    }
    return {
      burst: burstEvents,
      seconds: (delivered - began) / 1_000,
      after: (delivered - committed) / 1_000,
      delivering: rows.delivering.rounds,
      alone: rows.alone.rounds,
    }
  } finally {
    receiver.close()
    await alone.close()
    await delivering.close()
  }
}

function lastRate(row: OpenRow): number {
  return Math.round(row.rounds.at(-1)?.rate ?? 0)
}

const writes = 300
/** Milliseconds between two writes; not a divisor of anything that the service does at intervals. */
const between = 23

/** A reader waits at the end of the feed while a writer makes one order after the other. */
export async function measureFeedLag(server: BenchServer): Promise<FeedLag> {
  const stage = await Stage.open(server)
  try {
    await stage.call('createCustomer', { id: 'ABC', name: 'ABC Company' })
    const [answered, arrived] = [new Map<string, number>(), new Map<string, number>()]
    const reader = readFeed(stage, arrived)
    for (let number = 0; number < writes; number++) {
      const order = {
        customer: 'ABC',
        id: `O${number}`,
        product: 'oo-lite',
        licenses: 20,
        duration: 'monthly',
      }
      await stage.call('createFirstOrder', order)
      answered.set(`O${number}`, performance.now())
      await pause(between)
    }
    await reader
    const latencies = new Latencies()
    // An event may be read before its writer has read the answer.
    for (const [id, at] of answered) latencies.add(Math.max(0, (arrived.get(id) as number) - at))
    return { events: writes, p50: latencies.percentile(0.5), p99: latencies.percentile(0.99) }
  } finally {
    await stage.close()
  }
}

/** Notes when each order's event was read; ends when all are. */
async function readFeed(stage: Stage, arrived: Map<string, number>): Promise<void> {
  let after = 0
  while (arrived.size < writes) {
    const asked = { after, types: ['order.created'], waitSeconds: 10 }
    const page = (await stage.call('listEvents', asked)) as {
      events: { object: { id: string } }[]
      next: number
    }
    const now = performance.now()
    for (const { object } of page.events) arrived.set(object.id, now)
    after = page.next
  }
}
