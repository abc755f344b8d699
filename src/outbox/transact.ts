/** The outbox's own transactions. They move cursors and keep records of deliveries; what is business stays out of them. */
import type pg from 'pg'
import { StandbyBehind } from '../store/failures.ts'
import { heeding } from '../store/standby.ts'

/**
 * Does something in a transaction; taken back when it throws or answers `false`. Throws also where it was done and may
 * not be kept, so what is done here must bear being done again.
 */
export async function transact<Result>(
  pool: pg.Pool,
  act: (client: pg.PoolClient) => Promise<Result | false>,
): Promise<Result | false> {
  const client = await pool.connect()
  let broken = true
  try {
    await client.query('begin')
    const result = await act(client)
    const end = await heeding(client, () => client.query(result === false ? 'rollback' : 'commit'))
    if (result !== false && end.result.command !== 'COMMIT')
      throw new Error('PostgreSQL answered COMMIT with ROLLBACK.')
    if (end.warned) throw new StandbyBehind()
    broken = false
    return result
  } finally {
    // A connection on which anything went wrong is closed, which also ends its transaction.
    client.release(broken)
  }
}
