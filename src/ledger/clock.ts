/** How a sandbox's clock moves: forward only, and everything due on the way happens, in order. */
import type { Instant } from '../rules/time.ts'
import { settleAll } from './due.ts'
import type { World } from './world.ts'

/** Moves the clock to an instant at or after the present one. Answers whether it moved. */
export function moveClock(world: World, to: Instant): boolean {
  if (to === world.partner.clockAt) return false
  settleAll(world, to)
  world.partners.replace({ ...world.partner, clockAt: to })
  return true
}
