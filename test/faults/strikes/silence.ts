/** The line to PostgreSQL goes dead without a word, as when a cable is pulled; new connections find a way. */
import { waitUntil } from '../chance.ts'
import type { Fault } from '../fault.ts'

export const silence: Fault = {
  name: 'silence',
  does: 'connections to PostgreSQL go dead without being closed; the service must go on with new ones in 40 s',
  scene: {},
  strikes: 1,
  async strike({ scene, answers }) {
    scene.databaseProxy.silence()
    const before = answers.done
    await waitUntil('calls to be done on new connections', () => answers.done > before + 20, 40_000)
  },
}
