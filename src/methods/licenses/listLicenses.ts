/** `listLicenses`: all licences of the partner, page by page, by customer, edition, document number or state. */

import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { exampleLicense } from '../../answers/examples.ts'
import { answerOf } from '../../ledger/licenses.ts'
import { needs } from '../../ledger/needs.ts'
import type { License as KeptLicense } from '../../objects.ts'
import { list } from '../../rpc/method.ts'
import { cursorAfter, pageOf, pageSize, readCursor } from '../../rpc/pages.ts'
import { Cursor, EditionCode, License, LicenseState, Limit, page, RemoteId, Uuid } from '../../shapes.ts'
import { hasState } from '../../store/licenseState.ts'

export const listLicenses = list({
  summary: 'List licences, those that chains drive included.',
  details:
    '`contract`, `order`, `subscription`, `productReference` and `purchaseOrder` find licences by document numbers.',
  params: z
    .strictObject({
      customer: RemoteId.optional(),
      customerId: Uuid.optional(),
      edition: EditionCode.optional(),
      product: EditionCode.optional(),
      contract: RemoteId.optional(),
      order: RemoteId.optional(),
      subscription: RemoteId.optional(),
      productReference: RemoteId.optional(),
      purchaseOrder: RemoteId.optional(),
      state: LicenseState.optional(),
      cursor: Cursor.optional(),
      limit: Limit.optional(),
    })
    .refine(({ customer, customerId }) => customer === undefined || customerId === undefined, {
      message: 'must have at most one of customer and customerId',
    }),
  result: page(License),
  faults: [],
  examples: [
    {
      summary: 'What a contract has sold',
      params: { contract: 'CON-77' },
      result: {
        items: [exampleLicense],
        next: null,
      },
    },
  ],
  async run(
    { db, partner, now, look },
    { customer, customerId, edition, product, state, cursor, limit, ...named },
  ) {
    const { partnerId } = partner
    const after = readCursor(cursor, ['uuid'])?.[0]
    let query = db
      .selectFrom('license as l')
      .leftJoin('chain as c', (join) =>
        join.onRef('c.partnerId', '=', 'l.partnerId').onRef('c.chainId', '=', 'l.chainId'),
      )
      .innerJoin('edition as e', (join) => join.on(sql<boolean>`e.code = coalesce(c.edition, l.edition)`))
      .innerJoin('partner as p', 'p.partnerId', 'l.partnerId')
      .select('l.licenseId')
      .where('l.partnerId', '=', partnerId)
    if (after) query = query.where('l.licenseId', '>', String(after))
    if (customer !== undefined)
      query = query.where(
        sql<boolean>`l.customer_id in (select r.customer_id from customer_remote_id r
          where r.partner_id = ${partnerId} and r.remote_id = ${customer})`,
      )
    if (customerId !== undefined) query = query.where('l.customerId', '=', customerId)
    if (edition !== undefined) query = query.where('e.code', '=', edition)
    if (product !== undefined) query = query.where('e.product', '=', product)
    if (state !== undefined) query = query.where(hasState(state, now))
    const { contract, subscription, productReference, purchaseOrder, order } = named
    const byReference = { contract, subscription, product: productReference, purchaseOrder }
    for (const [reference, value] of Object.entries(byReference))
      if (value !== undefined) query = query.where(refersTo(reference, value))
    if (order !== undefined)
      query = query.where(
        sql<boolean>`l.license_id in (
          select l.license_id from license l where l.partner_id = ${partnerId} and ${refersTo('order', order)}
          union all select c.license_id from chain c join orders o using (partner_id, chain_id)
            where o.partner_id = ${partnerId} and o.remote_id = ${order})`,
      )
    const rows = await query
      .orderBy('l.licenseId')
      .limit(pageSize(limit) + 1)
      .execute()
    const licenseIds = rows.map(({ licenseId }) => licenseId)
    return look([needs.licenses(licenseIds)], (world) =>
      pageOf(
        licenseIds,
        limit,
        (licenseId) => cursorAfter(licenseId),
        (licenseId) => answerOf(world, world.licenses.get(licenseId) as KeptLicense, now),
      ),
    )
  },
})

/** That a licence has this document number; the first half is what the index of the references is about. */
function refersTo(reference: string, value: string): RawBuilder<boolean> {
  const kind = sql.lit(reference)
  return sql`l."references" ? ${kind} and l."references" ->> ${kind} = ${value}`
}
