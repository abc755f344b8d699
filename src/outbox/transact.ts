/** The outbox's own transactions. They move cursors and keep records of deliveries; what is business stays out of them. */
import type pg from 'pg'

/** Does something in a transaction; taken back when it throws or answers `false`. */
export async function transact<Result>(
  pool: pg.Pool,
  act: (client: pg.PoolClient) => Promise<Result | false>,
): Promise<Result | false> {
  const client = await pool.connect()
  let broken = true
  try {
    await client.query('begin')
    const result = await act(client)
    const { command } = await client.query(result === false ? 'rollback' : 'commit')
    if (result !== false && command !== 'COMMIT') throw new Error('PostgreSQL answered COMMIT with ROLLBACK.')
    broken = false
    return result
  } finally {
    // A connection on which anything went wrong is closed, which also ends its transaction.
    client.release(broken)
  }
}
