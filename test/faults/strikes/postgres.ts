/** PostgreSQL ends without writing anything, as in a crash, and is started again. */
import { pause, waitUntil } from '../chance.ts'
import type { Fault } from '../fault.ts'

export const postgres: Fault = {
  name: 'postgres',
  does: 'immediate stop of PostgreSQL, which is started again; webhooks are counted, too',
  scene: { webhooks: true },
  async strike({ scene, chance }) {
    await scene.postgres.stop('SIGQUIT')
    await pause(chance() * 700)
    await scene.postgres.start()
  },
}

/** The service tries for twelve seconds and then says that a call was not done; none of those may be there. */
export const away: Fault = {
  name: 'away',
  does: 'PostgreSQL is gone until the service has told callers for sure that their calls were not done',
  scene: {},
  strikes: 1,
  async strike({ scene, answers, chance }) {
    const before = answers.notDone
    await scene.postgres.stop('SIGQUIT')
    await waitUntil('calls to be answered as not done', () => answers.notDone > before + 3, 60_000)
    await pause(chance() * 2_000)
    await scene.postgres.start()
  },
}
