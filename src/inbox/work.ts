/**
 * Applies what is stored: takes jobs that are due and submits each of their items to its partner's lane, where it is
 * decided like any call. A job that was not done to its end, by whoever died over it, is done again; an item that is
 * applied already is passed over then.
 */
import type pg from 'pg'
import type { Entry, Outcome } from '../ledger/entry.ts'
import { applyingEntry, failingEntry } from '../ledger/shops.ts'
import { limits } from '../limits.ts'
import type { InboxItem, Shop } from '../objects.ts'
import type { Jobs, TakenJob } from '../outbox/jobs.ts'
import { transact } from '../outbox/transact.ts'
import { selectList } from '../store/statements.ts'
import { inboxItemTable, type Table } from '../store/tables.ts'
import { applicationOf } from './apply.ts'
import { eventAt, parsed } from './envelope.ts'
import { type InboxJob, jobsOf, type StoredItem } from './store.ts'

export interface WorkOptions {
  readonly pool: pg.Pool
  readonly now: () => number
  readonly publicUrl: () => string
  readonly submit: (partnerId: number, entry: Entry) => Promise<Outcome>
  /** Told of an item that failed unexpectedly. */
  readonly onFailure: (error: unknown, item: { partnerId: number; inboxId: string }) => void
}

interface Stored extends InboxItem {
  shop: Shop
}

/**
 * Loads the items of a job and submits them all, in order. What it answers rejects when the job is to be done again;
 * it is wrapped so that whoever waits for the submission does not wait for the outcome as well.
 */
export async function beginJob(
  options: WorkOptions,
  jobs: Jobs<InboxJob>,
  job: TakenJob<InboxJob>,
): Promise<{ done: Promise<void> }> {
  const { items, contents } = await loadItems(options.pool, job.data)
  // All at once, so that they form groups; a lane keeps them in order.
  const applied = items.map((item) => applyItem(options, item, contents.get(item.receiptId), job))
  return { done: complete(options.pool, jobs, job, applied) }
}

async function complete(
  pool: pg.Pool,
  jobs: Jobs<InboxJob>,
  job: TakenJob<InboxJob>,
  applied: readonly Promise<boolean>[],
): Promise<void> {
  if ((await Promise.all(applied)).includes(false))
    throw new Error('An item of the inbox could not be applied now; its job is taken up again.')
  await jobs.complete(pool, job)
}

async function applyItem(
  { submit, now, publicUrl, onFailure }: WorkOptions,
  item: Stored,
  content: unknown,
  { data: { isReplay }, retryCount }: TakenJob<InboxJob>,
): Promise<boolean> {
  const { partnerId, inboxId } = item
  const realNow = now()
  const event = eventAt(content, item.position)
  const options = { realNow, isReplay, publicUrl: publicUrl() }
  const outcome = await submit(partnerId, applyingEntry(applicationOf(item, item.shop, event, options)))
  if (outcome.kind === 'done') return true
  if (outcome.kind === 'refused') return false
  onFailure(outcome.error, { partnerId, inboxId })
  if (retryCount + 1 < limits.inboxTries) return false
  return (await submit(partnerId, failingEntry(item, realNow))).kind === 'done'
}

/** Items in the order of receipt, and what stands in the bodies that brought them. */
async function loadItems(pool: pg.Pool, { partnerId, inboxIds, isReplay }: InboxJob) {
  const states = isReplay ? ['parked', 'failed'] : ['received']
  const { rows: items } = await pool.query<Stored>(
    `select ${selectList(inboxItemTable as Table<never>, 'i')}, s.shop from inbox_item i
      join shop_source s on s.partner_id = i.partner_id and s.source_id = i.source_id
      where i.partner_id = $1 and i.inbox_id = any ($2::uuid[]) and i.state = any ($3::text[]) order by i.number`,
    [partnerId, inboxIds, states],
  )
  const receiptIds = [...new Set(items.map(({ receiptId }) => receiptId))]
  const { rows: receipts } = await pool.query<{ receiptId: string; body: Buffer }>(
    `select r.receipt_id as "receiptId", r.body from inbox_receipt r
      where r.partner_id = $1 and r.receipt_id = any ($2::uuid[])`,
    [partnerId, receiptIds],
  )
  return { items, contents: new Map(receipts.map(({ receiptId, body }) => [receiptId, parsed(body)])) }
}

/** How many wishes to replay are met in one transaction. */
const replaysAtOnce = 20

const takeReplays = `delete from inbox_replay r where (r.partner_id, r.replay_id) in (
    select partner_id, replay_id from inbox_replay order by requested_at limit ${replaysAtOnce} for update skip locked)
  returning r.partner_id as "partnerId", r.source_id as "sourceId", r.inbox_id as "inboxId"`

/** Makes jobs of what partners have asked to be applied once more; answers whether there was anything. */
export async function relayReplays(pool: pg.Pool, jobs: Jobs<InboxJob>): Promise<boolean> {
  return transact(pool, async (client) => {
    const { rows } = await client.query<StoredItem & { sourceId: string; inboxId: string | null }>(
      takeReplays,
    )
    for (const { partnerId, sourceId, inboxId } of rows) {
      const waiting = await client.query<StoredItem>(
        `select i.partner_id as "partnerId", i.inbox_id as "inboxId" from inbox_item i
          where i.partner_id = $1 and i.source_id = $2 and i.state in ('parked', 'failed')
            and ($3::uuid is null or i.inbox_id = $3) order by i.number`,
        [partnerId, sourceId, inboxId],
      )
      await jobs.add(client, jobsOf(waiting.rows, true))
    }
    return rows.length > 0
  })
}
