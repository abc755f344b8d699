/** `createSource`: a shop whose events are let in. */

import { z } from 'zod'
import { exampleSource } from '../../answers/examples.ts'
import { sourceAnswer } from '../../answers/shop.ts'
import { needs } from '../../ledger/needs.ts'
import { addSource } from '../../ledger/shops.ts'
import { limits } from '../../limits.ts'
import { command } from '../../rpc/method.ts'
import { Name, ShopSecret, ShopSource } from '../../shapes.ts'

export const createSource = command({
  summary: 'Let the events of a shop in: what it sells becomes customers and licences.',
  details: `Have the shop send its events to \`hookPath\` at the address of the service, and give the secret that it signs
    them with; the secret is never shown again. A source takes live events, that of a sandbox partner test events; those
    of the other mode are ignored. Sources have no id of yours: to make the call safe to send again, send it with the
    header \`idempotency-key\`.`,
  scopes: ['admin'],
  params: z.strictObject({ name: Name, shop: ShopSource.shape.shop, secret: ShopSecret }),
  result: ShopSource,
  faults: [],
  events: [],
  examples: [
    {
      summary: 'A shop at Stripe',
      params: { name: 'Web shop', shop: 'stripe', secret: 'whsec_5mDkLJbrsZ8nTd3oKxq9uw2fYvEaHc1R' },
      result: exampleSource,
    },
  ],
  repeat: () => null,
  needs: () => [needs.sources()],
  check({ world }) {
    const kept = [...world.sources.all()].filter(({ deletedAt }) => deletedAt === null)
    if (kept.length < limits.sources) return []
    return [{ path: 'name', message: `must not be one more than the ${limits.sources} sources of a partner` }]
  },
  decide: ({ world }, { name, shop, secret }) => sourceAnswer(addSource(world, { name, shop, secret })),
})
