/** `listWebhookEndpoints`: where events are sent, and how far each endpoint has come. */

import { z } from 'zod'
import { endpointAnswer } from '../../answers/endpoint.ts'
import { exampleEndpoint } from '../../answers/examples.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, pageOf, pageSize, readCursor } from '../../rpc/pages.ts'
import { Cursor, Limit, page, Seconds, WebhookEndpoint } from '../../shapes.ts'

export const listWebhookEndpoints = list({
  summary: 'List the webhook endpoints of your partner; never their secrets.',
  details: `\`deliveredThrough\` is the position up to which events have been given to delivery; \`failingSince\` tells since
    when no attempt has succeeded.`,
  scopes: ['admin'],
  params: z.strictObject({ cursor: Cursor.optional(), limit: Limit.optional() }),
  result: page(
    z.strictObject({
      ...WebhookEndpoint.shape,
      deliveredThrough: z.int(),
      failingSince: Seconds.nullable(),
    }),
  ),
  faults: [],
  examples: [
    {
      summary: 'Where events go, and how far they have got',
      params: {},
      result: { items: [{ ...exampleEndpoint, deliveredThrough: 1200, failingSince: null }], next: null },
    },
  ],
  async run({ db, caller }, { cursor, limit }) {
    const after = readCursor(cursor, ['uuid'])
    let query = db
      .selectFrom('webhookEndpoint as e')
      .innerJoin('webhookCursor as c', (join) =>
        join.onRef('c.partnerId', '=', 'e.partnerId').onRef('c.endpointId', '=', 'e.endpointId'),
      )
      .select(['e.partnerId', 'e.endpointId', 'e.url', 'e.types', 'e.disabledAt', 'e.disabledReason'])
      .select([
        'e.deletedAt',
        'e.version',
        'e.createdAt',
        'e.updatedAt',
        'c.deliveredThrough',
        'c.failingSince',
      ])
      .where('e.partnerId', '=', caller.partnerId)
      .where('e.deletedAt', 'is', null)
    if (after) query = query.where('e.endpointId', '>', String(after[0]))
    const rows = await query
      .orderBy('e.endpointId')
      .limit(pageSize(limit) + 1)
      .execute()
    return pageOf(
      rows,
      limit,
      ({ endpointId }) => cursorAfter(endpointId),
      ({ deliveredThrough, failingSince, ...endpoint }) => ({
        ...endpointAnswer(endpoint),
        deliveredThrough,
        failingSince,
      }),
    )
  },
})
