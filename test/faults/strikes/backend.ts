/** One process of PostgreSQL is killed, upon which PostgreSQL ends all others and recovers from its log. */
import { waitUntil } from '../chance.ts'
import type { Fault } from '../fault.ts'
import { backendOf } from './backendOf.ts'

export const backend: Fault = {
  name: 'backend',
  does: 'kill -9 of one PostgreSQL process at work, which makes the whole server recover',
  scene: {},
  async strike(field) {
    const { postgres } = field.scene
    const [before] = await postgres.query<{ at: string }>(recovered)
    process.kill(await backendOf(field), 'SIGKILL')
    await waitUntil('PostgreSQL to have recovered', async () => {
      const [after] = await postgres.query<{ at: string }>(recovered)
      return after?.at !== before?.at
    })
  },
}

/** A server that recovers starts its writer anew. */
const recovered = `select max(backend_start)::text as at from pg_stat_activity where backend_type = 'walwriter'`
