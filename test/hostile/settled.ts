/** What has become of what shops have sent: nothing may be left waiting, tried for ever, or given up. */
import type pg from 'pg'
import type { DoorStage } from './doorStage.ts'
import type { Call } from './stage.ts'

export interface Settlement {
  /** How many items stand in each state. */
  readonly states: Readonly<Record<string, number>>
  /** How many of them were parked before they were all asked to be applied once more. */
  readonly replayed: number
  readonly problems: readonly string[]
}

/** How long the queue may take to be empty. Milliseconds. */
const patience = 120_000

/** Waits until nothing is left to apply, has everything that is parked applied once more, and looks again. */
export async function settlement(
  client: pg.Client,
  call: Call,
  { guest, sources }: Pick<DoorStage, 'guest' | 'sources'>,
): Promise<Settlement> {
  const ids = sources.map(({ sourceId }) => sourceId)
  const problems = [...(await emptied(client, ids, 'after the attack'))]
  const { parked = 0 } = await statesOf(client, ids)
  for (const sourceId of ids) await call(guest.key, 'replayInbox', { sourceId })
  problems.push(...(await emptied(client, ids, 'after replayInbox')))
  const states = await statesOf(client, ids)
  if (Object.keys(states).length === 0) problems.push('nothing that shops have signed was kept')
  return { states, replayed: parked, problems: [...problems, ...(await failed(client, ids))] }
}

const waiting = `select
  (select count(*) from pgboss.job where name = 'inbox' and state in ('created', 'retry', 'active'))::integer as jobs,
  (select count(*) from inbox_replay where source_id = any ($1))::integer as wishes,
  (select count(*) from inbox_item where source_id = any ($1) and state = 'received')::integer as items`

async function emptied(client: pg.Client, ids: readonly string[], when: string): Promise<string[]> {
  const until = performance.now() + patience
  for (;;) {
    const { rows } = await client.query<{ jobs: number; wishes: number; items: number }>(waiting, [ids])
    const { jobs = 0, wishes = 0, items = 0 } = rows[0] ?? {}
    if (jobs + wishes + items === 0) return []
    if (performance.now() > until)
      return [
        `${when} ${items} events and ${jobs} jobs of shops were waiting still after ${patience / 1_000} s`,
      ]
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function statesOf(client: pg.Client, ids: readonly string[]): Promise<Record<string, number>> {
  const { rows } = await client.query<{ state: string; count: number }>(
    'select state, count(*)::integer as count from inbox_item where source_id = any ($1) group by state order by state',
    [ids],
  )
  return Object.fromEntries(rows.map(({ state, count }) => [state, count]))
}

/** Items that were given up, each with what was sent. */
async function failed(client: pg.Client, ids: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ type: string; body: Buffer }>(
    `select i.type, r.body from inbox_item i
      join inbox_receipt r on r.partner_id = i.partner_id and r.receipt_id = i.receipt_id
      where i.source_id = any ($1) and i.state = 'failed' order by i.number limit 5`,
    [ids],
  )
  return rows.map(({ type, body }) => `an event was given up, ${type}: ${body.toString('latin1', 0, 1_000)}`)
}
