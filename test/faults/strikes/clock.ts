/** The clock of the service jumps, forwards and backwards. PostgreSQL keeps the right time. */
import { pause, pick } from '../chance.ts'
import type { Fault } from '../fault.ts'

const minute = 60
const hour = 60 * minute
/** From one to the other it is less than 72 hours, for which first answers are kept by idempotency key. */
const jumps = [-30, -24, -5, -1]
  .map((hours) => hours * hour)
  .concat(-minute, -1, 0, 1, minute, hour, 24 * hour, 30 * hour)

export const clock: Fault = {
  name: 'clock',
  does: 'the clock of one of two servers jumps, by seconds to 30 hours, ahead of the right time and behind it',
  scene: { servers: 2, movableClock: true },
  async strike({ scene, chance }) {
    pick(scene.services, chance).setAhead(pick(jumps, chance))
    await pause(100 + chance() * 200)
  },
}
