/** Finds a process of PostgreSQL that works for the service. */
import { pick, waitUntil } from '../chance.ts'
import type { Field } from '../fault.ts'

const atWork = `select pid from pg_stat_activity where application_name = 'tenure service' and state <> 'idle'`

/** The process number of a connection that is in the middle of a transaction. */
export async function backendOf({ scene, chance }: Field): Promise<number> {
  let pids: number[] = []
  await waitUntil('a connection of the service to be at work', async () => {
    pids = (await scene.postgres.query<{ pid: number }>(atWork)).map(({ pid }) => pid)
    return pids.length > 0
  })
  return pick(pids, chance)
}
