/** Holds what callers were told against what is in the database. */
import pg from 'pg'
import type { Partner } from './load.ts'

/** Acknowledged orders that are not in the database, orders without one event of their creation, and gaps in feeds. */
export async function amissIn(databaseUrl: string, acknowledged: Map<Partner, string[]>): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    const amiss: string[] = []
    for (const [{ number }, ids] of acknowledged) {
      const { rows } = await client.query<{ id: string }>(
        'select remote_id as id from orders where partner_id = $1',
        [number],
      )
      const there = new Set(rows.map(({ id }) => id))
      amiss.push(...ids.filter((id) => !there.has(id)).map((id) => `order ${id} of partner ${number}`))
      const { rows: feed } = await client.query<{ events: string; last: string; created: string }>(
        `select count(*) as events, coalesce(max(seq), 0) as last,
            count(*) filter (where type = 'order.created') as created from event where partner_id = $1`,
        [number],
      )
      const [{ events, last, created }] = feed as [{ events: string; last: string; created: string }]
      if (events !== last) amiss.push(`the feed of partner ${number} has ${events} events up to ${last}`)
      if (Number(created) !== there.size)
        amiss.push(`partner ${number} has ${there.size} orders and ${created} events of their creation`)
    }
    return amiss
  } finally {
    await client.end()
  }
}
