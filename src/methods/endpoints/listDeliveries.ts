/** `listDeliveries`: what became of each event at each endpoint, the latest events first. */

import { z } from 'zod'
import { deliveryAnswer } from '../../answers/endpoint.ts'
import { exampleDelivery, exampleEndpoint } from '../../answers/examples.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, pageOf, pageSize, readCursor } from '../../rpc/pages.ts'
import { Cursor, Limit, page, Uuid, WebhookDelivery } from '../../shapes.ts'

export const listDeliveries = list({
  summary: 'List webhook deliveries with their last attempt, the latest events first.',
  details: `A delivery is listed from its first attempt on and for 30 days. \`pending\` ones are tried again at
    \`nextAttemptAt\`; of the receiver's answer the first 2 KB are kept.`,
  scopes: ['admin'],
  params: z.strictObject({
    endpointId: Uuid.optional(),
    state: WebhookDelivery.shape.state.optional(),
    cursor: Cursor.optional(),
    limit: Limit.optional(),
  }),
  result: page(WebhookDelivery),
  faults: [],
  examples: [
    {
      summary: 'What has not arrived yet',
      params: { endpointId: exampleEndpoint.endpointId, state: 'pending' },
      result: { items: [exampleDelivery], next: null },
    },
  ],
  async run({ db, caller }, { endpointId, state, cursor, limit }) {
    const after = readCursor(cursor, ['number', 'uuid'])
    let query = db.selectFrom('webhookDelivery').selectAll().where('partnerId', '=', caller.partnerId)
    if (endpointId !== undefined) query = query.where('endpointId', '=', endpointId.toLowerCase())
    if (state !== undefined) query = query.where('state', '=', state)
    if (after) {
      const [seq, endpoint] = after as [number, string]
      query = query.where(({ eb, and, or }) =>
        or([eb('seq', '<', seq), and([eb('seq', '=', seq), eb('endpointId', '<', endpoint)])]),
      )
    }
    const rows = await query
      .orderBy('seq', 'desc')
      .orderBy('endpointId', 'desc')
      .limit(pageSize(limit) + 1)
      .execute()
    return pageOf(rows, limit, ({ seq, endpointId: last }) => cursorAfter(seq, last), deliveryAnswer)
  },
})
