/**
 * The machine of the database is lost, and its standby takes over. Just before, the line between the two breaks:
 * COMMITs that were under way then are on the lost machine only, and must not have been acknowledged.
 */
import type { CuttingProxy } from '../../proxy.ts'
import { pause } from '../chance.ts'
import type { Fault, Field } from '../fault.ts'
import type { Postgres } from '../postgres.ts'

/** What happens to the primary between the break of the line and its end. */
type Meanwhile = (field: Field) => Promise<void>

function withStandby(fault: Pick<Fault, 'name' | 'does'>, meanwhile: Meanwhile, settings = {}): Fault {
  return {
    ...fault,
    scene: { servers: 2, standby: true, settings: { ...settings, synchronous_standby_names: 'standby' } },
    strikes: 1,
    async strike(field) {
      const { scene, chance } = field
      const standby = scene.standby as Postgres
      const line = scene.replicationLine as CuttingProxy
      line.target = undefined
      line.cutAll()
      await meanwhile(field)
      await scene.postgres.destroy()
      await pause(chance() * 500)
      await standby.promote()
      await scene.failOver(standby)
    },
  }
}

const nothingMore: Meanwhile = ({ chance }) => pause(400 + chance() * 600)

/** A COMMIT that waits for the standby and is cancelled is answered as done, with a warning beside it. */
const cancelWaiting: Meanwhile = async ({ scene, chance }) => {
  const until = performance.now() + 400 + chance() * 600
  let cancelled = 0
  while (performance.now() < until || cancelled === 0)
    cancelled += (await scene.postgres.query(cancelling)).length
}

const cancelling = `select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`

export const standby = withStandby(
  {
    name: 'standby',
    does: 'the primary is cut off from its synchronous standby and lost, and the standby is promoted',
  },
  nothingMore,
)

export const standbyCancel = withStandby(
  {
    name: 'standby-cancel',
    does: 'as standby, and COMMITs that wait for the standby are cancelled before the primary is lost',
  },
  cancelWaiting,
)

/** The same where PostgreSQL acknowledges what the standby has not got: acknowledged calls are lost. */
export const localCommit = withStandby(
  {
    name: 'local-commit',
    does: 'as standby, but with synchronous_commit=local, which acknowledges too early',
  },
  nothingMore,
  { synchronous_commit: 'local' },
)
