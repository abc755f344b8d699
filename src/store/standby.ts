/**
 * A commit that waits for a synchronous standby and is cancelled meanwhile, by a timeout or by hand, is answered as done,
 * with nothing but a warning beside it: the rows are on the primary alone, and would be lost with it.
 */
import type pg from 'pg'

/** The SQLSTATE of a plain warning. A transaction that ends well has no other to give. */
const warning = '01000'

/** Does something on a connection; answers also whether PostgreSQL warned meanwhile. */
export async function heeding<Result>(
  client: pg.ClientBase,
  act: () => Promise<Result>,
): Promise<{ result: Result; warned: boolean }> {
  let warned = false
  const listen = (notice: { code?: string | undefined }): void => {
    warned ||= notice.code === warning
  }
  client.on('notice', listen)
  try {
    const result = await act()
    return { result, warned }
  } finally {
    client.removeListener('notice', listen)
  }
}
