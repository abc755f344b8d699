/**
 * From the feed to jobs: each endpoint has a cursor, and what lies behind it in the feed is made into jobs in the same
 * transaction that moves it on. So whatever crashes, an event is made into a job, and once; a business transaction
 * writes nothing for webhooks.
 */
import type pg from 'pg'
import type { EventType } from '../events.ts'
import { limits } from '../limits.ts'
import type { Jobs, WebhookJob } from './jobs.ts'
import { transact } from './transact.ts'

/** Events that one transaction makes into jobs. */
const eventsAtOnce = 2_000

interface Behind {
  partnerId: number
  endpointId: string
}

/** Makes jobs of everything that has none yet; answers whether there may be more. */
export async function relay(pool: pg.Pool, jobs: Jobs): Promise<{ made: boolean; more: boolean }> {
  const asked = await pool.query<{ id: number }>(whoAsks)
  let made = false
  for (const { id } of asked.rows)
    if (await transact(pool, (client) => takeRequests(client, jobs, id))) made = true
  const { rows } = await pool.query<Behind>(endpointsBehind)
  let more = false
  for (const { partnerId, endpointId } of rows) {
    const left = await transact(pool, (client) => handOver(client, jobs, partnerId, endpointId))
    made = true
    if (left === 'more') more = true
  }
  return { made, more }
}

const endpointsBehind = `select c.partner_id as "partnerId", c.endpoint_id as "endpointId"
  from webhook_cursor c join webhook_endpoint e using (partner_id, endpoint_id) join partner p using (partner_id)
  where e.disabled_at is null and e.deleted_at is null and c.delivered_through < p.last_seq
  order by p.last_seq - c.delivered_through limit 500`

/** Another server that is at the same endpoint is left to it. */
const claimCursor = `select c.delivered_through as after, p.last_seq as "lastSeq", e.types
  from webhook_cursor c join webhook_endpoint e using (partner_id, endpoint_id) join partner p using (partner_id)
  where c.partner_id = $1 and c.endpoint_id = $2 and e.disabled_at is null and e.deleted_at is null
  for update of c skip locked`

async function handOver(
  client: pg.PoolClient,
  jobs: Jobs,
  partnerId: number,
  endpointId: string,
): Promise<'more' | 'all' | false> {
  const claimed = await client.query<{ after: number; lastSeq: number; types: EventType[] | null }>(
    claimCursor,
    [partnerId, endpointId],
  )
  const cursor = claimed.rows[0]
  if (!cursor || cursor.after >= cursor.lastSeq) return false
  const through = Math.min(cursor.lastSeq, cursor.after + limits.eventsScanned)
  const { rows } = await client.query<{ seqs: number[] }>(
    `select coalesce(json_agg(seq), '[]') as seqs from (
      select seq from event where partner_id = $1 and seq > $2 and seq <= $3
        and ($4::text[] is null or type = any ($4)) order by seq limit $5) v`,
    [partnerId, cursor.after, through, cursor.types, eventsAtOnce],
  )
  const seqs = rows[0]?.seqs ?? []
  const reached = seqs.length === eventsAtOnce ? (seqs.at(-1) as number) : through
  const made: WebhookJob[] = []
  for (let from = 0; from < seqs.length; from += limits.deliveriesPerJob)
    made.push({ partnerId, endpointId, attempts: 0, seqs: seqs.slice(from, from + limits.deliveriesPerJob) })
  await jobs.add(client, made)
  await client.query(
    'update webhook_cursor set delivered_through = $3 where partner_id = $1 and endpoint_id = $2',
    [partnerId, endpointId, reached],
  )
  return reached < cursor.lastSeq ? 'more' : 'all'
}

const whoAsks = 'select distinct partner_id as id from webhook_redelivery limit 100'

const takeRequested = `delete from webhook_redelivery r where r.partner_id = $1 and r.redelivery_id = any (array(
    select redelivery_id from webhook_redelivery where partner_id = $1 order by requested_at limit 100 for update skip locked))
  returning r.partner_id as "partnerId", r.endpoint_id as "endpointId", r.seq, r.since_seq as "sinceSeq"`

/** What a partner has asked to be sent once more: single events become jobs, a position moves the cursor back. */
async function takeRequests(client: pg.PoolClient, jobs: Jobs, asking: number): Promise<true | false> {
  const { rows } = await client.query<Behind & { seq: number | null; sinceSeq: number | null }>(
    takeRequested,
    [asking],
  )
  if (rows.length === 0) return false
  for (const { partnerId, endpointId, seq, sinceSeq } of rows) {
    if (seq !== null) await jobs.add(client, [{ partnerId, endpointId, attempts: 0, seqs: [seq] }])
    else
      await client.query(
        `update webhook_cursor set delivered_through = least(delivered_through, $3), failing_since = null
          where partner_id = $1 and endpoint_id = $2`,
        [partnerId, endpointId, (sinceSeq as number) - 1],
      )
  }
  return true
}
