/**
 * From jobs to receivers: each event of a job is sent, and what became of it is written down in the transaction that
 * completes the job. Whoever dies in between leaves a job that is taken up again, so that every event is sent at least
 * once, and perhaps twice.
 */
import type pg from 'pg'
import { eventAnswer } from '../answers/event.ts'
import type { DisabledReason, FeedEvent, WebhookEndpoint } from '../objects.ts'
import { selectList } from '../store/statements.ts'
import { eventTable, type Table, webhookEndpointTable } from '../store/tables.ts'
import type { TakenJob } from './jobs.ts'
import type { Pace } from './pace.ts'
import type { Line, OpenLine } from './post.ts'
import { type LeftOver, notTried, type RecordOptions, type Sent, writeDown } from './records.ts'
import { delayAfter, retryAfterSeconds } from './schedule.ts'
import { secretsAt, signedHeaders } from './sign.ts'

export interface DeliverOptions extends RecordOptions {
  readonly openLine: OpenLine
  readonly pace: Pace
  /** Seconds before each attempt. */
  readonly schedule: readonly number[]
  /** Told of each webhook that was sent, or could not be. */
  readonly onSent?: (outcome: Sent['state'], milliseconds: number) => void
  readonly disable: (
    endpoint: Pick<WebhookEndpoint, 'partnerId' | 'endpointId' | 'version'>,
    reason: DisabledReason,
  ) => Promise<void>
}

/** Requests of one job that are under way at the same time. */
const requestsAtOnce = 8

/** How often a receiver may let its time run out in one job: when all are under way at once, all of them once. */
const lateMost = requestsAtOnce

/**
 * Does one job; rejects when it could not be done to its end, which leaves it to be taken up again. Where a receiver lets
 * its time run out again and again, what has not been sent by then is left for later, so that a job does not last for
 * minutes. Answers whether the receiver let its time run out more often than not.
 */
export async function deliver(options: DeliverOptions, job: TakenJob, signal: AbortSignal): Promise<boolean> {
  const { pool, openLine } = options
  const endpoint = await loadEndpoint(pool, job)
  const events = await loadEvents(pool, job)
  const sent: Sent[] = []
  let late = 0
  if (endpoint && endpoint.deletedAt === null) {
    const line = openLine(endpoint.url)
    try {
      await inParallel(events, requestsAtOnce, async (event) => {
        if (late >= lateMost) return
        const one = await send(options, { endpoint, event, job, line }, signal)
        sent.push(one)
        if (one.answer.isLate) late += 1
      })
    } finally {
      line.close()
    }
  }
  const isEnded = !endpoint || endpoint.deletedAt !== null
  const left = isEnded ? [] : events.filter(({ seq }) => !sent.some(({ event }) => event.seq === seq))
  const reason = await writeDown(options, job, sent, leftOver(options, job, sent, left))
  if (reason && endpoint) await options.disable(endpoint, reason)
  return late > sent.length / 2
}

/** The job of what was left for later: it has had no more attempts than before, and waits as long as what was tried. */
function leftOver(
  { schedule }: DeliverOptions,
  { data }: TakenJob,
  sent: readonly Sent[],
  left: readonly FeedEvent[],
): LeftOver | undefined {
  if (left.length === 0) return undefined
  const waiting = sent.flatMap(({ delay }) => delay ?? [])
  const delay = waiting.length > 0 ? Math.min(...waiting) : delayAfter(data.attempts, undefined, schedule)
  return { seqs: left.map(({ seq }) => seq), delay: delay ?? 0 }
}

interface Sending {
  readonly endpoint: WebhookEndpoint
  readonly event: FeedEvent
  readonly job: TakenJob
  readonly line: Line
}

async function send(options: DeliverOptions, sending: Sending, signal: AbortSignal): Promise<Sent> {
  const { endpoint, event } = sending
  if (endpoint.disabledAt !== null) {
    const answer = { status: null, answer: null, problem: notTried }
    return { event, answer, state: 'failed', delay: null }
  }
  await options.pace.turn()
  const began = performance.now()
  const sent = await attempt(options, sending, signal)
  options.onSent?.(sent.state, performance.now() - began)
  return sent
}

async function attempt(
  { now, schedule }: DeliverOptions,
  { endpoint, event, job, line }: Sending,
  signal: AbortSignal,
): Promise<Sent> {
  const at = now()
  const body = JSON.stringify({
    type: event.type,
    timestamp: new Date(event.at * 1_000).toISOString(),
    data: eventAnswer(event),
  })
  const headers = signedHeaders(secretsAt(endpoint, at), event.eventId, at, body)
  const answer = await line.post(body, headers, signal)
  if (answer.problem === null) return { event, answer, state: 'delivered', delay: null }
  if (answer.status === 410) return { event, answer, state: 'failed', delay: null }
  const asked = retryAfterSeconds(answer.retryAfter, at * 1_000)
  const delay = delayAfter(job.data.attempts + 1, asked, schedule)
  return { event, answer, state: delay === null ? 'failed' : 'pending', delay }
}

async function loadEndpoint(pool: pg.Pool, { data }: TakenJob): Promise<WebhookEndpoint | undefined> {
  const { rows } = await pool.query<WebhookEndpoint>(
    `select ${selectList(webhookEndpointTable as Table<never>, 'e')} from webhook_endpoint e
      where e.partner_id = $1 and e.endpoint_id = $2`,
    [data.partnerId, data.endpointId],
  )
  return rows[0]
}

async function loadEvents(pool: pg.Pool, { data }: TakenJob): Promise<FeedEvent[]> {
  const { rows } = await pool.query<FeedEvent>(
    `select ${selectList(eventTable as Table<never>, 'v')} from event v
      where v.partner_id = $1 and v.seq = any ($2::bigint[]) order by v.seq`,
    [data.partnerId, data.seqs],
  )
  return rows
}

/** Does something for each item, so many at the same time. */
async function inParallel<Item>(
  items: readonly Item[],
  atOnce: number,
  act: (item: Item) => Promise<void>,
): Promise<void> {
  let next = 0
  const one = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) await act(items[index] as Item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, one))
}
