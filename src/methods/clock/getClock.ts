/** `getClock`: what time it is for the partner. */
import { z } from 'zod'
import { lookup } from '../../rpc/method.ts'
import { Clock } from '../../shapes.ts'

export const getClock = lookup({
  summary: 'Get the present time of your partner: the real one, or a sandbox’s own.',
  params: z.strictObject({}),
  result: Clock,
  faults: [],
  examples: [
    { summary: 'A sandbox that stands still', params: {}, result: { now: 1686214517, sandbox: true } },
  ],
  needs: () => [],
  answer: ({ world, now }) => ({ now, sandbox: world.partner.isSandbox }),
})
