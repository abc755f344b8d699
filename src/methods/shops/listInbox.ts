/** `listInbox`: what shops have sent and what became of it, the latest first. */

import { z } from 'zod'
import { exampleInboxItem } from '../../answers/examples.ts'
import { inboxAnswer } from '../../answers/shop.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, pageOf, pageSize, readCursor } from '../../rpc/pages.ts'
import { Cursor, InboxItem, InboxState, Limit, page, Uuid } from '../../shapes.ts'

export const listInbox = list({
  summary: 'List the events that shops have sent and what became of them, the latest first.',
  details: `\`received\` is about to be applied, \`applied\` is done. \`parked\` waits for a person: \`reason\` says why, and after
    that is mended replayInbox applies it. \`ignored\` is of no concern here, and \`failed\` met a defect.`,
  scopes: ['admin'],
  params: z.strictObject({
    sourceId: Uuid.optional(),
    state: InboxState.optional(),
    cursor: Cursor.optional(),
    limit: Limit.optional(),
  }),
  result: page(InboxItem),
  faults: [],
  examples: [
    {
      summary: 'What waits for a person',
      params: { state: 'parked' },
      result: { items: [exampleInboxItem], next: null },
    },
  ],
  async run({ db, caller }, { sourceId, state, cursor, limit }) {
    const after = readCursor(cursor, ['number'])
    let query = db.selectFrom('inboxItem').selectAll().where('partnerId', '=', caller.partnerId)
    if (sourceId !== undefined) query = query.where('sourceId', '=', sourceId.toLowerCase())
    if (state !== undefined) query = query.where('state', '=', state)
    if (after) query = query.where('number', '<', Number(after[0]))
    const rows = await query
      .orderBy('number', 'desc')
      .limit(pageSize(limit) + 1)
      .execute()
    return pageOf(rows, limit, ({ number }) => cursorAfter(number), inboxAnswer)
  },
})
