/** `listCustomers`: all customers of the partner, page by page. */
import { sql } from 'kysely'
import { z } from 'zod'
import { customerAnswer } from '../../answers/customer.ts'
import { exampleCustomer } from '../../answers/examples.ts'
import type { Customer as KeptCustomer } from '../../objects.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, pageOf, pageSize, readCursor } from '../../rpc/pages.ts'
import { instantOf } from '../../rules/time.ts'
import { Cursor, Customer, InstantInput, Limit, page, Search, Tags } from '../../shapes.ts'

export const listCustomers = list({
  summary: 'List customers, oldest first.',
  details: '`search` looks for a part of the id, the name or the e-mail address, in any case.',
  params: z.strictObject({
    search: Search.optional(),
    tag: Tags.element.optional(),
    isActive: z.boolean().optional(),
    updatedSince: InstantInput.optional(),
    cursor: Cursor.optional(),
    limit: Limit.optional(),
  }),
  result: page(Customer),
  faults: [],
  examples: [
    {
      summary: 'Those whose id, name or address has a text in it',
      params: { search: 'abc', limit: 50 },
      result: { items: [exampleCustomer], next: null },
    },
  ],
  async run({ db, partner }, { search, tag, isActive, updatedSince, cursor, limit }) {
    const after = readCursor(cursor, ['number'])
    let query = db.selectFrom('customer').selectAll().where('partnerId', '=', partner.partnerId)
    if (after) query = query.where('id', '>', Number(after[0]))
    if (isActive !== undefined) query = query.where('isActive', '=', isActive)
    if (tag !== undefined) query = query.where(sql<boolean>`tags @> array[${tag}]::text[]`)
    if (updatedSince !== undefined)
      query = query.where(
        sql<boolean>`updated_at >= to_timestamp(${instantOf(updatedSince, partner.timeZone)})`,
      )
    if (search !== undefined) {
      const part = `%${search.replace(/[\\%_]/g, '\\$&')}%`
      query = query.where(
        sql<boolean>`(remote_id ilike ${part} or name ilike ${part} or email ilike ${part} or admin ->> 'email' ilike ${part})`,
      )
    }
    const rows = (await query
      .orderBy('id')
      .limit(pageSize(limit) + 1)
      .execute()) as KeptCustomer[]
    return pageOf(rows, limit, ({ id }) => cursorAfter(id), customerAnswer)
  },
})
