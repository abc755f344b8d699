/** `listSources`: the shops whose events are let in. */

import { z } from 'zod'
import { exampleSource } from '../../answers/examples.ts'
import { sourceAnswer } from '../../answers/shop.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, pageOf, pageSize, readCursor } from '../../rpc/pages.ts'
import { Cursor, Limit, page, ShopSource } from '../../shapes.ts'

export const listSources = list({
  summary: 'List the shop sources of your partner; never their secrets.',
  scopes: ['admin'],
  params: z.strictObject({ cursor: Cursor.optional(), limit: Limit.optional() }),
  result: page(ShopSource),
  faults: [],
  examples: [
    {
      summary: 'Which shops are connected',
      params: {},
      result: { items: [exampleSource], next: null },
    },
  ],
  async run({ db, caller }, { cursor, limit }) {
    const after = readCursor(cursor, ['uuid'])
    let query = db
      .selectFrom('shopSource')
      .select(['sourceId', 'name', 'shop', 'version', 'createdAt', 'updatedAt'])
      .where('partnerId', '=', caller.partnerId)
      .where('deletedAt', 'is', null)
    if (after) query = query.where('sourceId', '>', String(after[0]))
    const rows = await query
      .orderBy('sourceId')
      .limit(pageSize(limit) + 1)
      .execute()
    return pageOf(rows, limit, ({ sourceId }) => cursorAfter(sourceId), sourceAnswer)
  },
})
