/** `listConsumers`: the partner's consumers, page by page. */
import { sql } from 'kysely'
import { z } from 'zod'
import { consumerAnswer } from '../../answers/consumer.ts'
import type { Customer, Consumer as KeptConsumer } from '../../objects.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, pageOf, pageSize, readCursor } from '../../rpc/pages.ts'
import { Consumer, Cursor, Limit, page, RemoteId, Search, Uuid } from '../../shapes.ts'

export const listConsumers = list({
  summary: 'List consumers, of one customer or of all.',
  details: '`search` looks for a part of the id, the name or the e-mail address, in any case.',
  params: z
    .strictObject({
      customer: RemoteId.optional(),
      customerId: Uuid.optional(),
      search: Search.optional(),
      cursor: Cursor.optional(),
      limit: Limit.optional(),
    })
    .refine(({ customer, customerId }) => customer === undefined || customerId === undefined, {
      message: 'must have at most one of customer and customerId',
    }),
  result: page(Consumer),
  faults: [],
  examples: [
    {
      summary: 'The consumers of a customer',
      params: { customer: 'K001' },
      result: {
        items: [
          {
            consumerId: '0198f3c2-6b07-7d11-8e2a-91f0c4d5aa10',
            partner: 7,
            remoteId: 'U-17',
            customer: 'K001',
            customerId: '0198f3c2-5a31-7c4e-9d80-3b1f6c2a7e55',
            kind: 'person',
            email: 'ann@example.com',
            displayName: 'Ann Lee',
            version: 1,
            createdAt: 1772366400,
            updatedAt: 1772366400,
          },
        ],
        next: null,
      },
    },
  ],
  async run({ db, partner }, { customer, customerId, search, cursor, limit }) {
    const { partnerId } = partner
    const after = readCursor(cursor, ['uuid'])?.[0]
    let query = db
      .selectFrom('consumer as k')
      .innerJoin('customer as c', (join) =>
        join.onRef('c.partnerId', '=', 'k.partnerId').onRef('c.customerId', '=', 'k.customerId'),
      )
      .selectAll('k')
      .select('c.remoteId as ownerRemoteId')
      .where('k.partnerId', '=', partnerId)
    if (after) query = query.where('k.consumerId', '>', String(after))
    if (customerId !== undefined) query = query.where('k.customerId', '=', customerId)
    if (customer !== undefined)
      query = query.where(
        sql<boolean>`k.customer_id in (select r.customer_id from customer_remote_id r
          where r.partner_id = ${partnerId} and r.remote_id = ${customer})`,
      )
    if (search !== undefined) {
      const part = `%${search.replace(/[\\%_]/g, '\\$&')}%`
      query = query.where(
        sql<boolean>`(k.remote_id ilike ${part} or k.display_name ilike ${part} or k.email ilike ${part})`,
      )
    }
    const rows = await query
      .orderBy('k.consumerId')
      .limit(pageSize(limit) + 1)
      .execute()
    return pageOf(
      rows as (KeptConsumer & { ownerRemoteId: string })[],
      limit,
      ({ consumerId }) => cursorAfter(consumerId),
      (row) => consumerAnswer(row, { remoteId: row.ownerRemoteId, customerId: row.customerId } as Customer),
    )
  },
})
