/** `listOrders`: the partner's order chains, page by page. */
import { sql } from 'kysely'
import { z } from 'zod'
import { chainAnswer } from '../../answers/order.ts'
import { needs } from '../../ledger/needs.ts'
import type { Chain } from '../../objects.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, pageOf, pageSize, readCursor } from '../../rpc/pages.ts'
import { instantOf } from '../../rules/time.ts'
import {
  Cursor,
  EditionCode,
  InstantInput,
  Limit,
  Order,
  OrderStatus,
  oneOf,
  page,
  RemoteId,
  Uuid,
} from '../../shapes.ts'
import { hasStatus, renewableFrom } from '../../store/chainState.ts'

export const listOrders = list({
  summary: 'List order chains, oldest first.',
  details:
    'Each chain is told once, by its first order with the term in force. `renewableBefore` finds what opens for renewal before then.',
  params: z
    .strictObject({
      customer: RemoteId.optional(),
      customerId: Uuid.optional(),
      status: OrderStatus.optional(),
      product: EditionCode.optional(),
      renewableBefore: InstantInput.optional(),
      cursor: Cursor.optional(),
      limit: Limit.optional(),
    })
    .refine(
      ({ customer, customerId }) => customer === undefined || customerId === undefined,
      oneOf('customer', 'customerId'),
    ),
  result: page(Order),
  faults: [],
  examples: [
    {
      summary: 'All that are active',
      params: { status: 'active', limit: 50 },
      result: {
        items: [
          {
            id: 1,
            partner: 0,
            remoteId: 'REMOTEORDER1',
            parent: null,
            customer: 'ABC',
            product: 'oo-lite',
            licenses: 30,
            duration: 'monthly',
            termStart: 1684313717,
            termEnd: 1686992117,
            status: 'active',
            renewableFrom: 1688288117,
            licenseId: '018828eb-b908-758f-bb94-89e963b71fbe',
            createdAt: 1684313717,
          },
        ],
        next: null,
      },
    },
  ],
  async run(
    { db, partner, now, look },
    { customer, customerId, status, product, renewableBefore, cursor, limit },
  ) {
    const { partnerId, timeZone } = partner
    const after = readCursor(cursor, ['number'])
    let query = db
      .selectFrom('chain as c')
      .innerJoin('edition as e', 'e.code', 'c.edition')
      .innerJoin('partner as p', 'p.partnerId', 'c.partnerId')
      .select('c.chainId')
      .where('c.partnerId', '=', partnerId)
    if (after) query = query.where('c.chainId', '>', Number(after[0]))
    if (customer !== undefined)
      query = query.where(
        sql<boolean>`c.customer_id in (select r.customer_id from customer_remote_id r
          where r.partner_id = ${partnerId} and r.remote_id = ${customer})`,
      )
    if (customerId !== undefined) query = query.where('c.customerId', '=', customerId)
    if (status !== undefined) query = query.where(hasStatus(status, now))
    if (product !== undefined) query = query.where('c.edition', '=', product)
    if (renewableBefore !== undefined) {
      const before = instantOf(renewableBefore, timeZone)
      query = query.where(sql<boolean>`${renewableFrom} < to_timestamp(${before})`)
    }
    const rows = await query
      .orderBy('c.chainId')
      .limit(pageSize(limit) + 1)
      .execute()
    const chainIds = rows.map(({ chainId }) => chainId)
    return look([needs.chains(chainIds)], (world) =>
      pageOf(
        chainIds,
        limit,
        (chainId) => cursorAfter(chainId),
        (chainId) => chainAnswer(world.chainById(chainId) as Chain, now),
      ),
    )
  },
})
