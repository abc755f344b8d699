/**
 * Applies what is stored: takes jobs that are due and submits each of their items to its partner's lane, where it is
 * decided like any call. A job that was not done to its end, by whoever died over it, is done again; an item that is
 * applied already is passed over then.
 */
import type pg from 'pg'
import type { Entry, Outcome } from '../ledger/entry.ts'
import { applyingEntry, failingEntry } from '../ledger/shops.ts'
import { limits } from '../limits.ts'
import type { InboxItem, InboxReplay, Shop } from '../objects.ts'
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

/** A job whose items have been submitted; `done` rejects when it is to be done again. */
export interface BegunJob {
  readonly job: TakenJob<InboxJob>
  readonly done: Promise<void>
}

/** Loads the items of all these jobs together and submits them, in the order of receipt. */
export async function beginJobs(
  options: WorkOptions,
  jobs: Jobs<InboxJob>,
  taken: readonly TakenJob<InboxJob>[],
): Promise<BegunJob[]> {
  const { items, contents } = await loadItems(options.pool, taken)
  const jobOf = new Map(taken.flatMap((job) => job.data.inboxIds.map((inboxId) => [inboxId, job])))
  // All at once, so that they form groups; a lane keeps them in order.
  const applied = Map.groupBy(
    items.map((item) => {
      const job = jobOf.get(item.inboxId) as TakenJob<InboxJob>
      return { job, applied: applyItem(options, item, contents.get(item.receiptId), job) }
    }),
    ({ job }) => job,
  )
  return taken.map((job) => {
    const own = (applied.get(job) ?? []).map((one) => one.applied)
    return { job, done: complete(options.pool, jobs, job, own) }
  })
}

async function complete(
  pool: pg.Pool,
  jobs: Jobs<InboxJob>,
  job: TakenJob<InboxJob>,
  applied: readonly Promise<boolean>[],
): Promise<void> {
  if ((await Promise.all(applied)).includes(false))
    throw new Error('An item of the inbox could not be applied now; its job is taken up again.')
  await jobs.completeTogether(pool, job)
}

async function applyItem(
  options: WorkOptions,
  item: Stored,
  content: unknown,
  { data: { isReplay }, retryCount }: TakenJob<InboxJob>,
): Promise<boolean> {
  const { submit, now, onFailure } = options
  const { partnerId, inboxId } = item
  const realNow = now()
  const outcome = await attempt(options, item, content, { realNow, isReplay })
  if (outcome.kind === 'done') return true
  if (outcome.kind === 'refused') return false
  onFailure(outcome.error, { partnerId, inboxId })
  if (retryCount + 1 < limits.inboxTries) return false
  return (await submit(partnerId, failingEntry(item, realNow))).kind === 'done'
}

/** An event that cannot even be read is that event's failure, and nothing of the others in its job. */
async function attempt(
  { submit, publicUrl }: WorkOptions,
  item: Stored,
  content: unknown,
  when: { realNow: number; isReplay: boolean },
): Promise<Outcome> {
  try {
    const event = eventAt(content, item.position)
    const application = applicationOf(item, item.shop, event, { ...when, publicUrl: publicUrl() })
    return await submit(item.partnerId, applyingEntry(application))
  } catch (error) {
    return { kind: 'failed', error }
  }
}

/** Items that still wait, in the order of receipt, and what stands in the bodies that brought them. */
async function loadItems(pool: pg.Pool, taken: readonly TakenJob<InboxJob>[]) {
  const wanted = taken.flatMap(({ data: { partnerId, inboxIds, isReplay } }) =>
    inboxIds.map((inboxId) => ({ partnerId, inboxId, isReplay })),
  )
  const { rows: items } = await pool.query<Stored>(waitingItems, [
    wanted.map(({ partnerId }) => partnerId),
    wanted.map(({ inboxId }) => inboxId),
    wanted.map(({ isReplay }) => isReplay),
  ])
  const receipts = [...new Map(items.map((item) => [item.receiptId, item])).values()]
  const { rows } = await pool.query<{ receiptId: string; body: Buffer }>(bodiesOfReceipts, [
    receipts.map(({ partnerId }) => partnerId),
    receipts.map(({ receiptId }) => receiptId),
  ])
  return { items, contents: new Map(rows.map(({ receiptId, body }) => [receiptId, parsed(body)])) }
}

const waitingItems = `select ${selectList(inboxItemTable as Table<never>, 'i')}, s.shop
  from unnest($1::integer[], $2::uuid[], $3::boolean[]) as wanted (partner_id, inbox_id, is_replay)
  join inbox_item i on i.partner_id = wanted.partner_id and i.inbox_id = wanted.inbox_id
    and (case when wanted.is_replay then i.state in ('parked', 'failed') else i.state = 'received' end)
  join shop_source s on s.partner_id = i.partner_id and s.source_id = i.source_id
  order by i.number`

const bodiesOfReceipts = `select r.receipt_id as "receiptId", r.body
  from unnest($1::integer[], $2::uuid[]) as wanted (partner_id, receipt_id)
  join inbox_receipt r on r.partner_id = wanted.partner_id and r.receipt_id = wanted.receipt_id`

/** How many wishes to replay are met in one transaction, and of how many items jobs are made by one statement. */
const replaysAtOnce = 20
const replayedAtOnce = 1_000

const whoAsks = 'select distinct partner_id as id from inbox_replay limit 100'

const takeReplays = `delete from inbox_replay r where r.partner_id = $1 and r.replay_id = any (array(
    select replay_id from inbox_replay where partner_id = $1 order by requested_at limit ${replaysAtOnce} for update skip locked))
  returning r.partner_id as "partnerId", r.source_id as "sourceId", r.inbox_id as "inboxId"`

/** Makes jobs of what partners have asked to be applied once more; answers whether there was anything. */
export async function relayReplays(pool: pg.Pool, jobs: Jobs<InboxJob>): Promise<boolean> {
  const asked = await pool.query<{ id: number }>(whoAsks)
  let made = false
  for (const { id } of asked.rows) if (await relayReplaysOf(pool, jobs, id)) made = true
  return made
}

type Wish = Pick<InboxReplay, 'partnerId' | 'sourceId' | 'inboxId'>

async function relayReplaysOf(pool: pg.Pool, jobs: Jobs<InboxJob>, asking: number): Promise<boolean> {
  return transact(pool, async (client) => {
    const { rows } = await client.query<Wish>(takeReplays, [asking])
    for (const wish of rows)
      for (let after: number | undefined = 0; after !== undefined; )
        after = await relayReplay(client, jobs, wish, after)
    return rows.length > 0
  })
}

const waitingAfter = `select i.partner_id as "partnerId", i.inbox_id as "inboxId", i.receipt_id as "receiptId",
    octet_length(r.body) as bytes, i.number
  from inbox_item i join inbox_receipt r using (partner_id, receipt_id)
  where i.partner_id = $1 and i.source_id = $2 and i.state in ('parked', 'failed')
    and ($3::uuid is null or i.inbox_id = $3) and i.number > $4
  order by i.number limit ${replayedAtOnce}`

/** Makes jobs of the next items that a wish is about; answers the number of the last where there may be more. */
async function relayReplay(
  client: pg.PoolClient,
  jobs: Jobs<InboxJob>,
  { partnerId, sourceId, inboxId }: Wish,
  after: number,
): Promise<number | undefined> {
  const { rows } = await client.query<StoredItem & { number: number }>(waitingAfter, [
    partnerId,
    sourceId,
    inboxId,
    after,
  ])
  await jobs.add(client, jobsOf(rows, true))
  return rows.length === replayedAtOnce ? rows.at(-1)?.number : undefined
}
