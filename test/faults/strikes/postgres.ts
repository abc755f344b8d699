/** PostgreSQL ends without writing anything, as in a crash, and is started again. */
import { pause } from '../chance.ts'
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
