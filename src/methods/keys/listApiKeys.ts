/** `listApiKeys`: which keys a partner has; never the keys themselves. */
import { z } from 'zod'
import { apiKeyAnswer } from '../../answers/partner.ts'
import type { ApiKey as KeptKey } from '../../objects.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, pageOf, pageSize, readCursor } from '../../rpc/pages.ts'
import { ApiKey, Cursor, Limit, page } from '../../shapes.ts'

export const listApiKeys = list({
  summary: 'List the API keys of your partner, revoked ones included.',
  scopes: ['admin'],
  params: z.strictObject({ cursor: Cursor.optional(), limit: Limit.optional() }),
  result: page(ApiKey),
  faults: [],
  examples: [
    {
      summary: 'All keys',
      params: { limit: 1 },
      result: {
        items: [
          {
            keyId: 'SP0hrAli4I8h',
            partner: 0,
            name: 'initial key',
            scopes: ['orders', 'licenses', 'read', 'admin', 'operator'],
            createdAt: 1684313717,
            expiresAt: null,
            revokedAt: null,
          },
        ],
        next: 'WyJTUDBockFsaTRJOGgiXQ',
      },
    },
  ],
  async run({ db, caller }, { cursor, limit }) {
    const after = readCursor(cursor, ['text'])
    let query = db
      .selectFrom('apiKey')
      .select(['partnerId', 'keyId', 'name', 'scopes', 'createdAt', 'expiresAt', 'revokedAt'])
      .where('partnerId', '=', caller.partnerId)
    if (after) query = query.where('keyId', '>', String(after[0]))
    const rows = (await query
      .orderBy('keyId')
      .limit(pageSize(limit) + 1)
      .execute()) as KeptKey[]
    return pageOf(rows, limit, ({ keyId }) => cursorAfter(keyId), apiKeyAnswer)
  },
})
