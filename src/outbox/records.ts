/** Writes down what became of a job's events, makes the jobs of further attempts, and completes the job: all or nothing. */
import type pg from 'pg'
import { limits } from '../limits.ts'
import type { DisabledReason, FeedEvent, WebhookDelivery } from '../objects.ts'
import type { Instant } from '../rules/time.ts'
import { insertAll } from '../store/statements.ts'
import { webhookDeliveryTable } from '../store/tables.ts'
import type { Jobs, TakenJob } from './jobs.ts'
import type { Answer } from './post.ts'
import { transact } from './transact.ts'

export interface RecordOptions {
  readonly pool: pg.Pool
  readonly jobs: Jobs
  readonly now: () => Instant
  readonly uuid: () => string
}

/** One event of a job, and what became of sending it. */
export interface Sent {
  readonly event: FeedEvent
  readonly answer: Answer
  readonly state: 'delivered' | 'pending' | 'failed'
  /** Seconds until the next attempt; null where there is none. */
  readonly delay: number | null
}

/** Events of a job that were not even tried, and after how many seconds they are. */
export interface LeftOver {
  readonly seqs: readonly number[]
  readonly delay: number
}

/** Answers why the endpoint is to be disabled, if it is. */
export async function writeDown(
  { pool, jobs, now, uuid }: RecordOptions,
  job: TakenJob,
  sent: readonly Sent[],
  left?: LeftOver,
): Promise<DisabledReason | undefined> {
  const at = now()
  const disable = await transact(pool, async (client) => {
    // A job that has been taken up by another server is that server's to record.
    if (!(await jobs.complete(client, job))) return false
    const known = [...sent.map(({ event }) => event.seq), ...(left?.seqs ?? [])]
    await forgetLost(client, job, known)
    if (left) await jobs.add(client, [{ ...job.data, seqs: left.seqs }], left.delay)
    if (sent.length === 0) return 'nothing'
    await keepDeliveries(client, job, sent, at, uuid)
    for (const [delay, again] of Map.groupBy(sent, ({ delay }) => delay))
      if (delay !== null) await jobs.add(client, [againJob(job, again)], delay)
    return whetherFailing(client, job, sent, at)
  })
  return disable === false || disable === 'nothing' ? undefined : disable
}

function againJob({ data }: TakenJob, sent: readonly Sent[]) {
  return { ...data, attempts: data.attempts + 1, seqs: sent.map(({ event }) => event.seq) }
}

const { text: insertDeliveries } = insertAll(webhookDeliveryTable, [])
const keep = `${insertDeliveries} on conflict (partner_id, seq, endpoint_id) do update set
  state = excluded.state, attempts = webhook_delivery.attempts + excluded.attempts, attempted_at = excluded.attempted_at,
  next_attempt_at = excluded.next_attempt_at, status = excluded.status, answer = excluded.answer,
  problem = excluded.problem`

async function keepDeliveries(
  client: pg.PoolClient,
  { data: { partnerId, endpointId } }: TakenJob,
  sent: readonly Sent[],
  at: Instant,
  uuid: () => string,
): Promise<void> {
  const rows = sent.map(
    ({ event, answer: { status, answer, problem }, state, delay }): WebhookDelivery => ({
      partnerId,
      seq: event.seq,
      endpointId,
      deliveryId: uuid(),
      eventId: event.eventId,
      type: event.type,
      state,
      attempts: problem === notTried ? 0 : 1,
      attemptedAt: at,
      nextAttemptAt: delay === null ? null : at + Math.ceil(delay),
      status,
      answer,
      problem,
    }),
  )
  await client.query(keep, [JSON.stringify(rows)])
}

/** What a delivery says that was not even tried. */
export const notTried = 'the endpoint is disabled'

/** Deliveries whose events are no longer kept cannot be made. */
async function forgetLost(
  client: pg.PoolClient,
  { data }: TakenJob,
  known: readonly number[],
): Promise<void> {
  const found = new Set(known)
  const lost = data.seqs.filter((seq) => !found.has(seq))
  if (lost.length === 0) return
  await client.query(
    `update webhook_delivery set state = 'failed', next_attempt_at = null, problem = 'no longer wanted or kept'
      where partner_id = $1 and endpoint_id = $2 and seq = any ($3::bigint[]) and state = 'pending'`,
    [data.partnerId, data.endpointId, lost],
  )
}

/** Notes since when no attempt has succeeded; long enough, or an endpoint that says it is gone, is a reason to stop. */
async function whetherFailing(
  client: pg.PoolClient,
  { data }: TakenJob,
  sent: readonly Sent[],
  at: Instant,
): Promise<DisabledReason | undefined> {
  if (sent.some(({ answer }) => answer.status === 410)) return 'gone'
  const succeeded = sent.some(({ state }) => state === 'delivered')
  const { rows } = await client.query<{ since: Instant | null }>(succeeded ? noteSuccess : noteFailure, [
    data.partnerId,
    data.endpointId,
    ...(succeeded ? [] : [at]),
  ])
  const since = rows[0]?.since ?? null
  return since !== null && at - since >= limits.failingDays * 86_400 ? 'failing' : undefined
}

const noteSuccess = `update webhook_cursor set failing_since = null
  where partner_id = $1 and endpoint_id = $2 and failing_since is not null returning failing_since as since`

const noteFailure = `update webhook_cursor set failing_since = coalesce(failing_since, to_timestamp($3))
  where partner_id = $1 and endpoint_id = $2 returning failing_since as since`
