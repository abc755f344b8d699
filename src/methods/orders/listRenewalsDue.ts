/** `listRenewalsDue`: what can be renewed now or soon; the worklist of a CRM. */
import { sql } from 'kysely'
import { z } from 'zod'
import { chainAnswer } from '../../answers/order.ts'
import { needs } from '../../ledger/needs.ts'
import { limits } from '../../limits.ts'
import type { Chain } from '../../objects.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, pageOf, pageSize, readCursor } from '../../rpc/pages.ts'
import { secondsPerDay } from '../../rules/time.ts'
import { Cursor, Limit, Order, page } from '../../shapes.ts'
import { renewalDueBy } from '../../store/chainState.ts'

export const listRenewalsDue = list({
  summary: 'List the order chains whose renewal window is open, or opens within so many days.',
  details: `First what ends first. Chains that are cancelled, ending, suspended, expired or not renewable are left out, and
    so are those of deactivated customers.`,
  params: z.strictObject({
    withinDays: z
      .int()
      .min(0)
      .max(limits.withinDaysMost)
      .optional()
      .meta({ description: '0 unless said otherwise: open now.' }),
    cursor: Cursor.optional(),
    limit: Limit.optional(),
  }),
  result: page(Order),
  faults: [],
  examples: [
    {
      summary: 'What can be renewed now',
      params: {},
      result: {
        items: [
          {
            id: 1,
            partner: 0,
            remoteId: 'REMOTEORDER1',
            parent: null,
            customer: 'ABC',
            product: 'oo-lite',
            licenses: 20,
            duration: 'monthly',
            termStart: 1684313717,
            termEnd: 1686992117,
            status: 'active',
            renewableFrom: 1685696117,
            licenseId: '018828eb-b908-758f-bb94-89e963b71fbe',
            createdAt: 1684313717,
          },
        ],
        next: null,
      },
    },
  ],
  async run({ db, partner, now, look }, { withinDays, cursor, limit }) {
    const after = readCursor(cursor, ['instant', 'number'])
    let query = db
      .selectFrom('chain as c')
      .innerJoin('edition as e', 'e.code', 'c.edition')
      .innerJoin('partner as p', 'p.partnerId', 'c.partnerId')
      .innerJoin('customer as k', (join) =>
        join.onRef('k.partnerId', '=', 'c.partnerId').onRef('k.customerId', '=', 'c.customerId'),
      )
      .select(['c.chainId', 'c.latestEnd'])
      .where('c.partnerId', '=', partner.partnerId)
      .where('k.isActive', '=', true)
      .where(renewalDueBy(now + (withinDays ?? 0) * secondsPerDay, now))
    if (after)
      query = query.where(sql<boolean>`(c.latest_end, c.chain_id) > (to_timestamp(${after[0]}), ${after[1]})`)
    const rows = await query
      .orderBy('c.latestEnd')
      .orderBy('c.chainId')
      .limit(pageSize(limit) + 1)
      .execute()
    return look([needs.chains(rows.map(({ chainId }) => chainId))], (world) =>
      pageOf(
        rows,
        limit,
        ({ latestEnd, chainId }) => cursorAfter(latestEnd, chainId),
        ({ chainId }) => chainAnswer(world.chainById(chainId) as Chain, now),
      ),
    )
  },
})
