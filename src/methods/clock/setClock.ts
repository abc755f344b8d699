/** `setClock`: moves a sandbox's own clock forward to an instant. */
import { z } from 'zod'
import { moveClock } from '../../ledger/clock.ts'
import { needs } from '../../ledger/needs.ts'
import { limits } from '../../limits.ts'
import { command } from '../../rpc/method.ts'
import { addMonths, instantOf, secondsPerDay } from '../../rules/time.ts'
import { Clock, InstantInput } from '../../shapes.ts'

export const setClock = command({
  summary: 'Move the clock of a sandbox partner forward to an instant.',
  details: `Everything that falls due on the way happens, in order, before the answer. The present moment itself answers
    \`changed: false\`; a clock never goes back.`,
  scopes: ['admin'],
  params: z.strictObject({ at: InstantInput }),
  result: z.strictObject({ ...Clock.shape, changed: z.boolean() }),
  faults: ['not_sandbox'],
  events: ['order.renewal_due', 'order.expired', 'order.cancelled'],
  examples: [
    {
      summary: 'To the first of July',
      params: { at: '2023-07-01' },
      result: { now: 1688162400, sandbox: true, changed: true },
    },
  ],
  alone: true,
  // The day of slack covers every time zone in which a date alone may be meant.
  needs: ({ at }) => [needs.dueUntil(instantOf(at, 'UTC') + secondsPerDay)],
  check({ world, now }, { at }) {
    if (!world.partner.isSandbox) return []
    const to = instantOf(at, world.partner.timeZone)
    if (to < now) return [{ path: 'at', message: 'must not lie before the present time of the sandbox' }]
    if (to > addMonths(world.realNow, 12 * limits.clockYearsAhead))
      return [{ path: 'at', message: `must be at most ${limits.clockYearsAhead} years ahead` }]
    return []
  },
  decide({ world, fault }, { at }) {
    if (!world.partner.isSandbox) throw fault('not_sandbox', {})
    const changed = moveClock(world, instantOf(at, world.partner.timeZone))
    return { now: world.now, sandbox: true, changed }
  },
})
