/** `getClock`: what time it is for the partner. */
import { z } from 'zod'
import { lookup } from '../../rpc/method.ts'
import { Clock } from '../../shapes.ts'

export const getClock = lookup({
  summary: 'Get the present time of your partner: the real one, or a sandbox’s own.',
  params: z.strictObject({}),
  result: Clock,
  faults: [],
  examples: [],
  needs: () => [],
  answer: ({ world, now }) => ({ now, sandbox: world.partner.isSandbox }),
})
