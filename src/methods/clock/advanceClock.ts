/** `advanceClock`: moves a sandbox's own clock forward by some time. */
import { z } from 'zod'
import { moveClock } from '../../ledger/clock.ts'
import { needs } from '../../ledger/needs.ts'
import { limits } from '../../limits.ts'
import { command } from '../../rpc/method.ts'
import { addMonths, secondsPerDay } from '../../rules/time.ts'
import { Clock, oneOf } from '../../shapes.ts'

const secondsOf = ({ days, seconds }: { days?: number | undefined; seconds?: number | undefined }) =>
  days === undefined ? (seconds ?? 0) : days * secondsPerDay

export const advanceClock = command({
  summary: 'Move the clock of a sandbox partner forward by days or seconds.',
  details: `Everything that falls due on the way happens, in order, before the answer. Sending it twice moves the clock
    twice, so it is POST only, and takes the header \`idempotency-key\`.`,
  scopes: ['admin'],
  params: z
    .strictObject({
      days: z.int().min(0).max(18_300).optional(),
      seconds: z.int().min(0).max(1_581_120_000).optional(),
    })
    .refine(
      ({ days, seconds }) => (days === undefined) !== (seconds === undefined),
      oneOf('days', 'seconds'),
    ),
  result: z.strictObject({ ...Clock.shape, changed: z.boolean() }),
  faults: ['not_sandbox'],
  events: ['order.renewal_due', 'order.expired', 'order.cancelled'],
  examples: [
    {
      summary: 'A fortnight on',
      params: { days: 14 },
      result: { now: 1689372000, sandbox: true, changed: true },
    },
  ],
  alone: true,
  repeatable: false,
  needs: (params) => [needs.dueWithin(secondsOf(params))],
  check({ world, now }, params) {
    if (!world.partner.isSandbox) return []
    if (now + secondsOf(params) <= addMonths(world.realNow, 12 * limits.clockYearsAhead)) return []
    const path = params.days === undefined ? 'seconds' : 'days'
    return [{ path, message: `must not lead more than ${limits.clockYearsAhead} years ahead` }]
  },
  decide({ world, now, fault }, params) {
    if (!world.partner.isSandbox) throw fault('not_sandbox', {})
    const changed = moveClock(world, now + secondsOf(params))
    return { now: world.now, sandbox: true, changed }
  },
})
