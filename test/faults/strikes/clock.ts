/** The clock of the service jumps, forwards and backwards. PostgreSQL keeps the right time. */
import { pause, pick } from '../chance.ts'
import type { Fault } from '../fault.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour
/** Further than the 72 hours for which first answers are kept by idempotency key, which go by PostgreSQL's clock. */
const jumps = [-40 * day, -30 * hour, -hour, -minute, -1, 0, 1, minute, hour, 30 * hour, 40 * day]

export const clock: Fault = {
  name: 'clock',
  does: 'the clock of one of two servers jumps, by seconds to 40 days, ahead of the right time and behind it',
  scene: { servers: 2, movableClock: true },
  async strike({ scene, chance }) {
    pick(scene.services, chance).setAhead(pick(jumps, chance))
    await pause(100 + chance() * 200)
  },
}
