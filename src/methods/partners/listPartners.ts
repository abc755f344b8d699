/** `listPartners`: who uses this installation. */
import { z } from 'zod'
import { partnerAnswer } from '../../answers/partner.ts'
import type { Partner as KeptPartner } from '../../objects.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, pageOf, pageSize, readCursor } from '../../rpc/pages.ts'
import { Cursor, Limit, Partner, page } from '../../shapes.ts'

export const listPartners = list({
  summary: 'List the partners of the installation.',
  scopes: ['operator'],
  params: z.strictObject({ cursor: Cursor.optional(), limit: Limit.optional() }),
  result: page(Partner),
  faults: [],
  examples: [
    {
      summary: 'All partners',
      params: {},
      result: {
        items: [
          {
            partner: 0,
            name: 'House',
            sandbox: false,
            windowDays: 15,
            graceDays: 0,
            timeZone: 'UTC',
            version: 1,
            createdAt: 1795248585,
          },
          {
            partner: 1,
            name: 'Reseller',
            sandbox: true,
            windowDays: 20,
            graceDays: 0,
            timeZone: 'Europe/Berlin',
            version: 2,
            createdAt: 1686214517,
          },
        ],
        next: null,
      },
    },
  ],
  async run({ db }, { cursor, limit }) {
    const after = readCursor(cursor, ['number'])
    let query = db.selectFrom('partner').selectAll()
    if (after) query = query.where('partnerId', '>', Number(after[0]))
    const rows = (await query
      .orderBy('partnerId')
      .limit(pageSize(limit) + 1)
      .execute()) as KeptPartner[]
    return pageOf(rows, limit, ({ partnerId }) => cursorAfter(partnerId), partnerAnswer)
  },
})
