/** `listSkus`: under which names shops sell which editions. */

import { z } from 'zod'
import { exampleSku } from '../../answers/examples.ts'
import { skuAnswer } from '../../answers/shop.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, pageOf, pageSize, readCursor } from '../../rpc/pages.ts'
import { Cursor, Limit, page, ShopSku, Uuid } from '../../shapes.ts'

export const listSkus = list({
  summary: 'List which names of shops are mapped to which editions.',
  scopes: ['admin'],
  params: z.strictObject({ sourceId: Uuid.optional(), cursor: Cursor.optional(), limit: Limit.optional() }),
  result: page(ShopSku),
  faults: [],
  examples: [
    {
      summary: 'What one shop sells',
      params: { sourceId: exampleSku.sourceId },
      result: { items: [exampleSku], next: null },
    },
  ],
  async run({ db, caller }, { sourceId, cursor, limit }) {
    const after = readCursor(cursor, ['uuid', 'hexadecimal'])
    let query = db
      .selectFrom('shopSku as k')
      .innerJoin('shopSource as s', (join) =>
        join.onRef('s.partnerId', '=', 'k.partnerId').onRef('s.sourceId', '=', 'k.sourceId'),
      )
      .select(['k.sourceId', 'k.sku', 'k.edition'])
      .where('k.partnerId', '=', caller.partnerId)
      .where('k.edition', 'is not', null)
      .where('s.deletedAt', 'is', null)
    if (sourceId !== undefined) query = query.where('k.sourceId', '=', sourceId.toLowerCase())
    if (after) {
      const [source, sku] = [String(after[0]), Buffer.from(String(after[1]), 'hex').toString('utf8')]
      query = query.where(({ eb, and, or }) =>
        or([eb('k.sourceId', '>', source), and([eb('k.sourceId', '=', source), eb('k.sku', '>', sku)])]),
      )
    }
    const rows = await query
      .orderBy('k.sourceId')
      .orderBy('k.sku')
      .limit(pageSize(limit) + 1)
      .execute()
    const cursorOf = (last: { sourceId: string; sku: string }): string =>
      cursorAfter(last.sourceId, Buffer.from(last.sku, 'utf8').toString('hex'))
    return pageOf(rows, limit, cursorOf, skuAnswer)
  },
})
